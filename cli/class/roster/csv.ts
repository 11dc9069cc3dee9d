import { CsvError, parse } from "csv-parse/sync";
import { cellValue } from "./cell";
import type { DraftSeat } from "./draft";
import type { Problems } from "./problems";

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
