import * as path from "node:path";
import { CsvError, parse } from "csv-parse/sync";
import { isMap, isScalar, isSeq, parse as parseYaml } from "yaml";
import { readText } from "../../../base/text-file";
import { readYamlText } from "../../../base/yaml";
import { isMap as isPlainMap, shown } from "../../../components/given";
import type { Problems } from "./problems";

/** A roster as it is written, before anything of it is believed; the same of CSV and of YAML. */
export interface Draft {
  readonly from?: unknown;
  /** Of every seat that says none. */
  readonly expires?: unknown;
  /** Of every seat. */
  readonly config: unknown;
  readonly seats: readonly DraftSeat[];
}

export interface DraftSeat {
  /** `line 3` */
  readonly at: string;
  readonly seat?: unknown;
  readonly trainee?: unknown;
  readonly email?: unknown;
  readonly expires?: unknown;
  /** Config paths, or keys with maps. */
  readonly config?: unknown;
}

const ownColumns = ["seat", "trainee", "email", "expires"] as const;

interface Row {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/**
 * The seats of a CSV: a header `seat,trainee[,email][,expires][,<config path>…]`, then a line a seat. Excel's byte-order mark, its `;` and CRLF are accepted.
 * An empty cell is not given; a line of empty cells is none.
 */
export function readCsv(text: string, at: (line: number) => string, problems: Problems): DraftSeat[] {
  if (text.includes("\0")) {
    problems.tell(at(text.slice(0, text.indexOf("\0")).split("\n").length), 'has a NUL character: save it anew as "CSV UTF-8" (Excel), or with character set UTF-8');
    return [];
  }
  let rows: Row[];
  try {
    rows = parse(text, { bom: true, delimiter: delimiterOf(text), info: true, relax_column_count: true, trim: true, skip_empty_lines: true }) as unknown as Row[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    problems.tell("", `is no CSV: ${error.message.replace(/, value is .*/s, "")}`);
    return [];
  }
  const [header, ...lines] = rows;
  if (header === undefined || !readHeader(header, at, problems)) return [];
  return lines.filter(({ record }) => record.some((cell) => cell !== "")).map((row) => readLine(row, header.record, at(row.info.lines), problems));
}

/** Excel separates by `;` where the comma is the decimal separator: the first of them in the header is the one. */
function delimiterOf(text: string): string {
  return /[,;\t]/.exec(text.split(/\r?\n/, 1)[0]!)?.[0] ?? ",";
}

function readHeader({ record, info }: Row, at: (line: number) => string, problems: Problems): boolean {
  const tell = (problem: string) => problems.tell(at(info.lines), `${problem}; the header is seat,trainee[,email][,expires][,<config path>…], such as seat,trainee,canary.reviews`);
  const missing = ["seat", "trainee"].filter((column) => !record.includes(column));
  if (missing.length > 0) tell(`the header has no column ${missing.join(" and no ")}, but ${record.map((column) => JSON.stringify(column)).join(", ")}`);
  if (record.includes("")) tell(`column ${record.indexOf("") + 1} has no name`);
  for (const column of new Set(record.filter((name, index) => name !== "" && record.indexOf(name) < index))) tell(`there are two columns ${column}`);
  return missing.length === 0;
}

function readLine({ record }: Row, header: readonly string[], at: string, problems: Problems): DraftSeat {
  if (record.length > header.length) {
    problems.tell(at, `has ${record.length} cells, and the header ${header.length}: put a cell with a separator in it in quotes, such as "{v1: 75, v3: 25}"`);
  }
  const cells = header.flatMap((column, index) => (record[index] ? [[column, record[index]] as const] : []));
  const own = cells.filter(([column]) => (ownColumns as readonly string[]).includes(column));
  const config = cells.filter(([column]) => column !== "" && !own.some(([name]) => name === column)).map(([column, cell]) => [column, cellValue(cell, (problem) => problems.tell(at, `${column} ${problem}`))] as const);
  return { at, ...Object.fromEntries(own), config: Object.fromEntries(config.filter(([, value]) => value !== undefined)) as Record<string, unknown> };
}

const keys = ["from", "expires", "config", "seats"];
const seatKeys = ["seat", "trainee", "email", "expires", "config"];

/** A roster in YAML: what is of every seat, then `seats`, a list or the path of a CSV beside it. */
export function readYaml(text: string, file: string, problems: Problems): Draft {
  const { document, value: whole, problems: found, lineOf: numberOf } = readYamlText(text);
  for (const { line, text } of found) problems.tell(`line ${line}`, text);
  const nothing = { config: undefined, seats: [] };
  if (found.length > 0) return nothing;
  if (!isMap(document.contents) || !isPlainMap(whole)) {
    problems.tell("", `is no roster: it is a map with any of ${keys.join(", ")}`);
    return nothing;
  }
  const lineOf = (node: unknown) => `line ${numberOf(node)}`;
  for (const { key } of document.contents.items) {
    if (isScalar(key) && !keys.includes(String(key.value))) problems.tell(lineOf(key), `${String(key.value)} is no key of a roster; valid: ${keys.join(", ")}`);
  }
  const { from, expires, config } = whole;
  const nodes = document.get("seats", true);
  if (typeof whole.seats === "string") return { from, expires, config, seats: seatsOf(whole.seats, file, problems) };
  if (!isSeq(nodes)) {
    problems.tell(nodes === undefined ? "" : lineOf(nodes), `seats is ${nodes === undefined ? "not given" : shown(whole.seats)}; valid is a list of {seat, trainee}, or the path of a CSV`);
    return { from, expires, config, seats: [] };
  }
  return { from, expires, config, seats: (whole.seats as unknown[]).flatMap((seat, index) => readSeat(seat, lineOf(nodes.items[index]), problems)) };
}

/** The seats of a CSV that the roster names. */
function seatsOf(name: string, file: string, problems: Problems): DraftSeat[] {
  const text = readText(path.resolve(path.dirname(file), name), (problem) => problems.tell("", `seats: ${name} ${problem}`));
  return text === undefined ? [] : readCsv(text, (line) => `${name} line ${line}`, problems);
}

function readSeat(given: unknown, at: string, problems: Problems): DraftSeat[] {
  if (!isPlainMap(given)) {
    problems.tell(at, `${shown(given)} is no seat; valid is for instance {seat: seat-01, trainee: Ada Lovelace}`);
    return [];
  }
  for (const key of Object.keys(given).filter((key) => !seatKeys.includes(key))) problems.tell(at, `${key} is no key of a seat; valid: ${seatKeys.join(", ")}; keys of the stack go under config`);
  const { seat, trainee, email, expires, config } = given;
  return [{ at, seat, trainee, email, expires, config }];
}

/**
 * What a cell of CSV says: the list, map, number, true, false or quoted text that it is in YAML (JSON is YAML), else the text as it is written. `0.5s`, `007`
 * and `#1` are text: only what is written back the same is a number.
 * @param tell is told what is wrong with a list or map; it reads as undefined then
 */
export function cellValue(cell: string, tell: (problem: string) => void = () => undefined): unknown {
  if (/^(\{.*\}|\[.*\])$/s.test(cell)) {
    // It may be at a secret's place, and is not shown.
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
  // `a: b` is a sentence rather than a map: a map in a cell has braces, and a list brackets.
  return typeof value === "object" ? cell : value;
}
