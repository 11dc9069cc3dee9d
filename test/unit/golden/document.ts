import { createHash } from "node:crypto";
import { stringify } from "yaml";
import type { Registered } from "../components/graph";

/** A resource as a golden file shows it: what the engine is told, without the code of dynamic providers. */
export function document({ name, type, inputs, custom, protect, retainOnDelete, secretOutputs, ignoreChanges, dependsOn, aliases, ...options }: Registered): string {
  const { __provider, ...shown } = inputs;
  const lists = Object.entries({ dependsOn, secretOutputs, ignoreChanges, aliases }).filter(([, list]) => list.length > 0);
  const flags = Object.entries({ protect, retainOnDelete }).filter(([, on]) => on);
  const body = { type, ...options, ...Object.fromEntries([...lists, ...flags]), ...(Object.keys(shown).length > 0 && { inputs: withoutLongTexts(shown) }) };
  return stringify({ [name]: body }, { sortMapEntries: false, lineWidth: 0 });
}

/** A dashboard is told by its length and its hash. */
function withoutLongTexts(value: any): any {
  if (typeof value === "string" && value.length > 10_000) return `… ${value.length} characters, SHA-256 ${createHash("sha256").update(value).digest("hex").slice(0, 12)}`;
  if (Array.isArray(value)) return value.map(withoutLongTexts);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutLongTexts(inner)]));
}
