import { parse } from "yaml";

/**
 * What a cell of CSV says: the list, map, number, true, false or quoted text that it is in YAML (JSON is YAML), else the text as it is written. `0.5s`, `007`
 * and `#1` are text: only what is written back the same is a number.
 */
export function cellValue(cell: string): unknown {
  let value: unknown;
  try {
    value = parse(cell, { logLevel: "error" });
  } catch {
    return cell;
  }
  if (typeof value === "number") return String(value) === cell ? value : cell;
  if (typeof value === "string") return /^["']/.test(cell) ? value : cell;
  // `a: b` is a sentence rather than a map: a map in a cell has braces, and a list brackets.
  if (typeof value === "object") return /^[[{]/.test(cell) ? value : cell;
  return value;
}
