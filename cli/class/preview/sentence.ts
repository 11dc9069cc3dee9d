import type { Change, Group } from "../model";
import { fieldTexts, saysWhose } from "./field-text";

/** How many objects are called by name where nothing else is to be told of them. */
const BY_NAME = 5;
const words = { update: "to update", create: "to create", replace: "to replace", delete: "to delete" } as const;
const signs = { update: "~", create: "+", replace: "±", delete: "-" } as const;
type Op = Change["op"];

/** A group in a sentence, without its seats: `1 VirtualService, reviews v1 90 → 75, v3 10 → 25; nothing else`. */
export function sentence({ changes }: Pick<Group, "changes">): string {
  const [only] = changes;
  if (only === undefined) return "no change";
  if (changes.length === 1) return `${alone(only)}; nothing else`;
  const parts = (Object.keys(words) as Op[]).flatMap((op) => {
    const these = changes.filter((change) => change.op === op);
    return these.length === 0 ? [] : [`${these.length} ${words[op]}: ${byKind(these)}`];
  });
  return `${parts.join("; ")}; nothing else`;
}

/** The lines below a sentence: what is different in each object, or its name; nothing where the sentence has said it. */
export function details({ changes }: Pick<Group, "changes">): string[] {
  if (changes.length < 2) return [];
  return (Object.keys(words) as Op[]).flatMap((op) => {
    const these = changes.filter((change) => change.op === op);
    return (op === "create" || op === "delete") && these.length > BY_NAME ? [] : these.map(changeText);
  });
}

/** One change as a line of its own. */
export function changeText(change: Change): string {
  return `${signs[change.op]} ${[change.object, fieldTexts(change).join("; ")].filter(Boolean).join(": ")}`;
}

function alone(change: Change): string {
  const texts = fieldTexts(change);
  const name = change.object.slice(change.kind.length).trim();
  const said = change.op === "update" ? `1 ${change.kind}` : `1 ${change.kind} ${words[change.op]}`;
  if (texts.length === 0) return `${said}, ${name}`;
  return `${said}, ${change.op === "update" && saysWhose(change) ? "" : `${name} `}${texts.join("; ")}`;
}

function byKind(changes: readonly Change[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of changes) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return sorted.map(([kind, count]) => counted(count, kind)).join(", ");
}

/** `1 VirtualService`, `2 NetworkPolicies`. */
export function counted(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${/[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}${/s$/.test(noun) ? "es" : "s"}`}`;
}
