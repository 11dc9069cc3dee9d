import { parse } from "yaml";
import { isMap } from "../../base/values";

/** A text of several lines that is a map in YAML or JSON, such as Istio's mesh config. Undefined for any other value. */
export function parseTree(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== "string" || !value.includes("\n")) return undefined;
  try {
    const tree: unknown = parse(value);
    return isMap(tree) ? tree : undefined;
  } catch {
    return undefined;
  }
}
