import type { Change } from "../../preview/changes";
import { changeText } from "../../preview/text";
import type { Group } from "../model";
import { counted, fieldTexts, SHARE } from "../../drift/text";
import type { ClassPreview } from "./preview-class";

/**
 * The preview as a trainer reads it: `30 seats: 1 VirtualService, reviews v1 90 → 75, v3 10 → 25; nothing else`, then
 * the outliers by seat.
 */
export function previewText({ groups, failed }: ClassPreview): string {
  const [most, ...outliers] = groups;
  return [
    ...(most ? groupLines(counted(most.seats.length, "seat"), most) : []),
    ...outliers.flatMap((group) =>
      groupLines(
        `${group.seats.length === 1 ? "outlier" : `${group.seats.length} outliers`} ${group.seats.join(", ")}`,
        group,
      ),
    ),
    ...troubles(failed).map(([trouble, seats]) => `not previewed ${seats.join(", ")}: ${trouble}`),
  ].join("\n");
}

function groupLines(heading: string, group: Group): string[] {
  return [`${heading}: ${sentence(group)}`, ...details(group).map((line) => `  ${line}`)];
}

/** Says why previews failed, once per reason with its seats. A wrong config of the class fails every seat alike. */
function troubles(failed: ClassPreview["failed"]): [string, string[]][] {
  const by = new Map<string, string[]>();
  for (const outcome of failed) {
    const trouble = outcome.status === "failed" ? outcome.trouble : outcome.status;
    by.set(trouble, [...(by.get(trouble) ?? []), outcome.seat.seat]);
  }
  return [...by];
}

/** The most objects that are listed by name where there is nothing else to say about them. */
const BY_NAME = 5;
const words = { update: "to update", create: "to create", replace: "to replace", delete: "to delete" } as const;
type Op = Change["op"];

/** A group as one sentence, without its seats: `1 VirtualService, reviews v1 90 → 75, v3 10 → 25; nothing else`. */
function sentence({ changes }: Pick<Group, "changes">): string {
  const [only] = changes;
  if (only === undefined) return "no change";
  if (changes.length === 1) return `${alone(only)}; nothing else`;
  const parts = (Object.keys(words) as Op[]).flatMap((op) => {
    const these = changes.filter((change) => change.op === op);
    return these.length === 0 ? [] : [`${these.length} ${words[op]}: ${byKind(these)}`];
  });
  return `${parts.join("; ")}; nothing else`;
}

/** The lines below a sentence: each object's differences, or its name. Empty where the sentence says everything. */
function details({ changes }: Pick<Group, "changes">): string[] {
  if (changes.length < 2) return [];
  return (Object.keys(words) as Op[]).flatMap((op) => {
    const these = changes.filter((change) => change.op === op);
    return (op === "create" || op === "delete") && these.length > BY_NAME ? [] : these.map(changeText);
  });
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

/** Whether the texts need no object name before them, because a share names its service. */
function saysWhose({ fields }: Pick<Change, "fields">): boolean {
  return fields.every(({ path }) => SHARE.test(path));
}

/** Changes of unexpected kinds, with the seats that have them. */
interface Unexpected {
  readonly seats: readonly string[];
  readonly changes: readonly Change[];
}

/** What `--expect-only` refuses. Kinds are compared like kubectl does, ignoring case. */
export function unexpected(groups: readonly Group[], kinds: readonly string[]): Unexpected[] {
  const wanted = new Set(kinds.map((kind) => kind.toLowerCase()));
  return groups
    .map(({ seats, changes }) => ({ seats, changes: changes.filter(({ kind }) => !wanted.has(kind.toLowerCase())) }))
    .filter(({ changes }) => changes.length > 0);
}

export function unexpectedText(found: readonly Unexpected[], kinds: readonly string[]): string {
  const lines = found.flatMap(({ seats, changes }) => [
    `${counted(seats.length, "seat")} (${seats.join(", ")}):`,
    ...changes.map((change) => `  ${changeText(change)}`),
  ]);
  return [`Only changes of ${kinds.join(", ")} were expected. These are others:`, ...lines].join("\n");
}
