import { createHash } from "node:crypto";
import { stringify } from "yaml";
import type { Registered } from "../components/graph";

/** A graph as a golden file shows it: a document for each resource, in the order of their names. */
export function graphText(resources: readonly Registered[]): string {
  return resources.map(document).sort().join("\n");
}

/** A resource as a golden file shows it: what the engine is told, without the code of dynamic providers. */
export function document(resource: Registered): string {
  return stringify({ [resource.name]: bodyOf(resource) }, yamlOptions);
}

/** How a variant's graph differs from its target's full one: a golden file of it holds what a reviewer of the variant has to read, and nothing else. */
export function differenceText(full: readonly Registered[], variant: readonly Registered[]): string {
  const [before, after] = [bodiesOf(full), bodiesOf(variant)];
  const [removed, added] = [
    [...before.keys()].filter((name) => !after.has(name)),
    [...after].filter(([name]) => !before.has(name)),
  ];
  const changed = [...after]
    .filter(([name]) => before.has(name))
    .map(([name, body]) => [name, changes(before.get(name), body)] as const);
  return stringify(
    {
      removed,
      changed: Object.fromEntries(changed.filter(([, list]) => list.length > 0)),
      added: Object.fromEntries(added),
    },
    yamlOptions,
  );
}

const yamlOptions = { sortMapEntries: false, lineWidth: 0, aliasDuplicateObjects: false };

/** By name, in the order of the names. */
function bodiesOf(resources: readonly Registered[]): Map<string, unknown> {
  const bodies = new Map(
    resources.map((resource) => [resource.name, bodyOf(resource)] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  if (bodies.size !== resources.length) throw new Error("two resources have one name: the difference would lack one");
  return bodies;
}

function bodyOf({
  name,
  type,
  inputs,
  custom,
  protect,
  retainOnDelete,
  secretOutputs,
  ignoreChanges,
  dependsOn,
  aliases,
  ...options
}: Registered): object {
  const { __provider, ...shown } = inputs;
  const lists = Object.entries({ dependsOn, secretOutputs, ignoreChanges, aliases }).filter(
    ([, list]) => list.length > 0,
  );
  const flags = Object.entries({ protect, retainOnDelete }).filter(([, on]) => on);
  return {
    type,
    ...options,
    ...Object.fromEntries([...lists, ...flags]),
    ...(Object.keys(shown).length > 0 && { inputs: readable(shown) }),
  };
}

/** Each value that differs, by its path. A list is one value when it has become longer or shorter. */
function changes(was: any, is: any, at = ""): object[] {
  if (JSON.stringify(was) === JSON.stringify(is)) return [];
  const nested = (value: unknown): boolean => typeof value === "object" && value !== null;
  const alike =
    nested(was) &&
    nested(is) &&
    Array.isArray(was) === Array.isArray(is) &&
    (!Array.isArray(was) || was.length === is.length);
  if (!alike) return [{ at, ...(was !== undefined && { was }), ...(is !== undefined && { is }) }];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((key) =>
    changes(was[key], is[key], at === "" ? key : `${at}.${key}`),
  );
}

/** A dashboard is told by its length and its hash; a VM's customData, which is base64 on the wire, by its text. */
function readable(value: any): any {
  if (typeof value === "string" && value.length > 10_000)
    return `… ${value.length} characters, SHA-256 ${createHash("sha256").update(value).digest("hex").slice(0, 12)}`;
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, readable(key === "customData" ? unpacked(inner) : inner)]),
  );
}

/** What is base64 there, and back: a customData that lost its encoding would be shown as it is. */
function unpacked(value: any): unknown {
  if (typeof value !== "string")
    return typeof value === "object" && value !== null && "secret" in value
      ? { secret: unpacked(value.secret) }
      : value;
  const text = Buffer.from(value, "base64");
  return text.toString("base64") === value ? { base64Of: text.toString("utf8") } : value;
}
