import { onStack } from "../../../base/advice";
import type { Class } from "../class";
import { commandWithId } from "./same-command";
import { rostersOf } from "./noted";
import type { Judged } from "./marks";

/** What the tags of a stack say. */
export interface Tags {
  readonly name?: string;
  readonly id?: string;
}

export const CLASS_TAG = "istio-lab:class";
export const CLASS_ID_TAG = "istio-lab:class-id";

/** Why the class may not use stacks that have its seats' names, and what helps. @param tags of the refused ones */
export function refusalText({ roster, id }: Pick<Class, "roster" | "id">, { there, unmarked, refused }: Judged, tags: ReadonlyMap<string, Tags>): string {
  const of = (...whose: string[]) => [...refused].filter(([, one]) => whose.includes(one)).map(([seat]) => seat);
  const marked = there.filter((seat) => !unmarked.includes(seat));
  return [
    "Nothing has been changed.",
    ...othersText(of("other class", "no class", "empty"), { roster, id }, tags),
    ...idsText(of("other id"), marked, { roster, id }, tags),
    ...namesText(of("name only"), { roster, id }),
  ].join("\n");
}

function othersText(seats: readonly string[], { roster, id }: Pick<Class, "roster" | "id">, tags: ReadonlyMap<string, Tags>): string[] {
  if (seats.length === 0) return [];
  const tag = (key: string, value: string) => onStack(seats[0]!, `npm run -s pulumi -- stack tag set ${key} ${value}`);
  return [
    `Of these seats there is a stack already that is no seat of class ${roster.name}:`,
    ...seats.map((seat) => `- ${seat}: belongs to ${tags.get(seat)?.name === undefined ? "no class" : `class ${tags.get(seat)!.name}`}`),
    `Rename the seats in ${roster.file}, or give the stacks to the class: ${tag(CLASS_TAG, roster.name)} && ${tag(CLASS_ID_TAG, id)}`,
  ];
}

/** Stacks of other classes of this name, and what takes them over where they are of one class. */
function idsText(seats: readonly string[], own: readonly string[], { roster, id }: Pick<Class, "roster" | "id">, tags: ReadonlyMap<string, Tags>): string[] {
  const byId = new Map<string, string[]>();
  for (const seat of seats) byId.set(tags.get(seat)?.id ?? "unknown", [...(byId.get(tags.get(seat)?.id ?? "unknown") ?? []), seat]);
  if (byId.size === 0) return [];
  const lines = [...byId].map(([other, all]) => `- class id ${other}${madeBy(other)}: ${all.join(", ")}`);
  if (byId.size === 1 && own.length === 0) {
    return [
      `These seats belong to another class that is called ${roster.name} too; the class of ${roster.file} has the id ${id}:`,
      ...lines,
      `Where they are meant, say so once, and it is noted here: ${commandWithId([...byId.keys()][0]!)}`,
    ];
  }
  return [
    `The seats of ${roster.file} belong to ${byId.size + (own.length > 0 ? 1 : 0)} classes that are called ${roster.name}, and a roster is one class:`,
    ...(own.length > 0 ? [`- class id ${id}, this roster's: ${own.join(", ")}`] : []),
    ...lines,
    "Rename the seats of the others in the roster, or leave them out by --only.",
  ];
}

function madeBy(id: string): string {
  const rosters = rostersOf(id);
  return rosters.length === 0 ? "" : ` (${rosters.join(", ")})`;
}

function namesText(seats: readonly string[], { roster, id }: Pick<Class, "roster" | "id">): string[] {
  if (seats.length === 0) return [];
  return [
    `These seats say that they belong to a class ${roster.name}, and not to which: they were made before a class had an id, or tagged by hand. ${seats.join(", ")}`,
    `Where they are of ${roster.file}, say so once, and the id is written on them: ${commandWithId(id)}`,
  ];
}
