import { parse } from "yaml";
import { readYamlText } from "../../../base/yaml";

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
    value = parse(cell, { logLevel: "error" });
  } catch {
    return cell;
  }
  if (typeof value === "number") return String(value) === cell ? value : cell;
  if (typeof value === "string") return /^["']/.test(cell) ? value : cell;
  // `a: b` is a sentence rather than a map: a map in a cell has braces, and a list brackets.
  return typeof value === "object" ? cell : value;
}
