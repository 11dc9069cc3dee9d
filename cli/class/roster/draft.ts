import * as path from "node:path";
import { CsvError, parse } from "csv-parse/sync";
import { isMap, isScalar, isSeq, parse as parseYaml } from "yaml";
import { UserError } from "../../../base/errors";
import { readText } from "../../../base/text-file";
import { isMap as isPlainMap } from "../../../base/values";
import { readYamlText } from "../../../base/yaml";
import { shown } from "../../../components/config-value";

/** Collects a roster's problems, so that reading continues and the user sees all of them at once. */
export class Problems {
  private readonly told: { readonly at: string; readonly text: string }[] = [];

  /** @param at the line, the seat, or "" for the whole file */
  tell(at: string, text: string): void {
    this.told.push({ at, text });
  }

  get none(): boolean {
    return this.told.length === 0;
  }

  /** @throws UserError with every problem */
  throwIfAny(file: string): void {
    if (this.none) return;
    const inOrder = [...this.told].sort((one, other) => lineOf(one.at) - lineOf(other.at));
    const lines = inOrder.map(({ at, text }) => (at === "" ? text : `${at}: ${text}`));
    throw new UserError(
      lines.length === 1
        ? `${file}: ${lines[0]}`
        : [`${file}: ${lines.length} problems:`, ...lines.map((line) => `- ${line}`)].join("\n"),
    );
  }
}

/** A problem without a line counts as line 0, so it comes first. */
function lineOf(at: string): number {
  return Number(/line (\d+)/.exec(at)?.[1] ?? 0);
}

/** A roster as written, before validation. CSV and YAML give the same draft. */
export interface Draft {
  readonly from?: unknown;
  /** Applies to every seat without an expiry of its own. */
  readonly expires?: unknown;
  /** Applies to every seat. */
  readonly config: unknown;
  readonly seats: readonly DraftSeat[];
}

export interface DraftSeat {
  /** The place for messages, e.g. `line 3`. */
  readonly at: string;
  readonly seat?: unknown;
  readonly trainee?: unknown;
  readonly email?: unknown;
  readonly expires?: unknown;
  /** Keys are config paths, or config keys with maps. */
  readonly config?: unknown;
}

const ownColumns = ["seat", "trainee", "email", "expires"] as const;

interface Row {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/**
 * Reads the seats of a CSV: a header `seat,trainee[,email][,expires][,<config path>…]`, then one line per seat. Accepts
 * Excel's byte-order mark, its `;`, its line `sep=;` and CRLF. An empty cell counts as not given; a line of empty cells is skipped.
 */
export function readCsv(text: string, at: (line: number) => string, problems: Problems): DraftSeat[] {
  if (text.includes("\0")) {
    problems.tell(
      at(text.slice(0, text.indexOf("\0")).split("\n").length),
      'has a NUL character: save it as "CSV UTF-8" (Excel), or with character set UTF-8',
    );
    return [];
  }
  let rows: Row[];
  try {
    rows = parse(text, {
      bom: true,
      ...separationOf(text),
      info: true,
      relax_column_count: true,
      trim: true,
      skip_empty_lines: true,
    }) as unknown as Row[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    problems.tell("", `is not a CSV file: ${error.message.replace(/, value is .*/s, "")}`);
    return [];
  }
  const [header, ...lines] = rows;
  if (header === undefined || !readHeader(header, at, problems)) return [];
  return lines
    .filter(({ record }) => record.some((cell) => cell !== ""))
    .map((row) => readLine(row, header.record, at(row.info.lines), problems));
}

/**
 * Takes the separator of Excel's line `sep=;` before the header, else the header's first one. Excel writes `;` where
 * the comma is the decimal separator.
 */
function separationOf(text: string): { delimiter: string; from_line?: number } {
  const first = text.split(/\r?\n/, 1)[0]!;
  const named = /^\ufeff?"?sep=(.)"?$/i.exec(first)?.[1];
  return named === undefined ? { delimiter: /[,;\t]/.exec(first)?.[0] ?? "," } : { delimiter: named, from_line: 2 };
}

function readHeader({ record, info }: Row, at: (line: number) => string, problems: Problems): boolean {
  const tell = (problem: string) =>
    problems.tell(
      at(info.lines),
      `${problem}; the header is seat,trainee[,email][,expires][,<config path>…], such as seat,trainee,canary.reviews`,
    );
  const missing = ["seat", "trainee"].filter((column) => !record.includes(column));
  if (missing.length > 0)
    tell(
      `the header has no column ${missing.join(" and no ")}, but ${record.map((column) => JSON.stringify(column)).join(", ")}`,
    );
  if (record.includes("")) tell(`column ${record.indexOf("") + 1} has no name`);
  for (const column of new Set(record.filter((name, index) => name !== "" && record.indexOf(name) < index)))
    tell(`there are two columns ${column}`);
  return missing.length === 0;
}

function readLine({ record }: Row, header: readonly string[], at: string, problems: Problems): DraftSeat {
  if (record.length > header.length) {
    problems.tell(
      at,
      `has ${record.length} cells, and the header ${header.length}: quote a cell that contains a separator, such as "{v1: 75, v3: 25}"`,
    );
  }
  const cells = header.flatMap((column, index) => (record[index] ? [[column, record[index]] as const] : []));
  const own = cells.filter(([column]) => (ownColumns as readonly string[]).includes(column));
  const config = cells
    .filter(([column]) => column !== "" && !own.some(([name]) => name === column))
    .map(
      ([column, cell]) => [column, cellValue(cell, (problem) => problems.tell(at, `${column} ${problem}`))] as const,
    );
  return {
    at,
    ...Object.fromEntries(own),
    config: Object.fromEntries(config.filter(([, value]) => value !== undefined)),
  };
}

const keys = ["from", "expires", "config", "seats"];
const seatKeys = [...ownColumns, "config"];

/** Whether the value below these keys is a text, so that `seat: 007` is not read as 7. */
function isText([key, own, ...deeper]: readonly string[]): boolean {
  return own === undefined
    ? key === "from"
    : key === "seats" && (ownColumns as readonly string[]).includes(own) && deeper.length === 0;
}

/** Reads a YAML roster: values for every seat, then `seats`, which is a list or the path of a CSV beside the file. */
export function readYaml(text: string, file: string, problems: Problems): Draft {
  const { document, value: whole, problems: found, lineOf: numberOf } = readYamlText(text, { isText });
  for (const { line, text } of found) problems.tell(`line ${line}`, text);
  const nothing = { config: undefined, seats: [] };
  if (found.length > 0) return nothing;
  if (!isMap(document.contents) || !isPlainMap(whole)) {
    problems.tell("", `is not a roster: a roster is a map with any of ${keys.join(", ")}`);
    return nothing;
  }
  const lineOf = (node: unknown) => `line ${numberOf(node)}`;
  for (const { key } of document.contents.items) {
    if (isScalar(key) && !keys.includes(String(key.value)))
      problems.tell(lineOf(key), `${String(key.value)} is not a key of a roster; valid: ${keys.join(", ")}`);
  }
  const { from, expires, config } = whole;
  const nodes = document.get("seats", true);
  if (typeof whole.seats === "string") return { from, expires, config, seats: seatsOf(whole.seats, file, problems) };
  if (!isSeq(nodes)) {
    problems.tell(
      nodes === undefined ? "" : lineOf(nodes),
      `seats is ${nodes === undefined ? "not given" : shown(whole.seats)}; valid is a list of {seat, trainee}, or the path of a CSV`,
    );
    return { from, expires, config, seats: [] };
  }
  return {
    from,
    expires,
    config,
    seats: (whole.seats as unknown[]).flatMap((seat, index) => readSeat(seat, lineOf(nodes.items[index]), problems)),
  };
}

/** Reads the seats of a CSV that the roster names. */
function seatsOf(name: string, file: string, problems: Problems): DraftSeat[] {
  const text = readText(path.resolve(path.dirname(file), name), (problem) =>
    problems.tell("", `seats: ${name} ${problem}`),
  );
  return text === undefined ? [] : readCsv(text, (line) => `${name} line ${line}`, problems);
}

function readSeat(given: unknown, at: string, problems: Problems): DraftSeat[] {
  if (!isPlainMap(given)) {
    problems.tell(at, `${shown(given)} is not a seat; valid is for example {seat: seat-01, trainee: Ada Lovelace}`);
    return [];
  }
  for (const key of Object.keys(given).filter((key) => !seatKeys.includes(key)))
    problems.tell(
      at,
      `${key} is not a key of a seat; valid: ${seatKeys.join(", ")}; keys of the stack go under config`,
    );
  const { seat, trainee, email, expires, config } = given;
  return [{ at, seat, trainee, email, expires, config }];
}

/**
 * Reads a CSV cell as YAML where it is a list, map, number, true, false or quoted text; JSON is YAML. Any other cell is
 * the text as written, such as `0.5s`, `007` or `#1`. A number must read back unchanged.
 * @param tell receives each problem of a list or map, which then reads as undefined
 */
export function cellValue(cell: string, tell: (problem: string) => void = () => undefined): unknown {
  if (/^(\{.*\}|\[.*\])$/s.test(cell)) {
    // The cell may hold a secret, so messages must not show it.
    const { value, problems } = readYamlText(cell, { shown: false });
    for (const { text } of problems) tell(text);
    return problems.length > 0 ? undefined : value;
  }
  let value: unknown;
  try {
    value = parseYaml(cell, { logLevel: "error" });
  } catch {
    return cell;
  }
  if (typeof value === "number") return String(value) === cell ? value : cell;
  if (typeof value === "string") return /^["']/.test(cell) ? value : cell;
  // `a: b` is a sentence, not a map: in a cell, maps need braces and lists need brackets.
  return typeof value === "object" ? cell : value;
}
