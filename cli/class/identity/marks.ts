import { onStack } from "../../../base/advice";
import { withoutValues } from "../../terminal/command-line";
import type { Class } from "../class";
import { rostersOf } from "./noted";

/** What the stacks of a backend say of themselves, each by its name. */
export interface Marks {
  /** Every stack there is → the number of its resources. */
  readonly stacks: ReadonlyMap<string, number>;
  /** Those that name a class, and those of them that name this one. */
  readonly named: ReadonlySet<string>;
  readonly sameName: ReadonlySet<string>;
  /** Those that carry a class' id, and those of them that carry this one's. */
  readonly withId: ReadonlySet<string>;
  readonly sameId: ReadonlySet<string>;
}

/**
 * - `ours`: it carries the class' id, and no other class' name.
 * - `other id`: it has the class' name, and carries another id: a class of another roster of that name.
 * - `name only`: it has the class' name and no id: it was made before classes had ids, or somebody set the tag by hand.
 * - `empty`: it says nothing, and there is nothing in it.
 * - `other class`: it has another class' name; `no class`: it says nothing, and has resources.
 */
type Whose = "ours" | "other id" | "name only" | "empty" | "other class" | "no class";

/** What a verb does with the stacks: only looks, hands them out, makes or changes, or deletes. */
export type Purpose = "read" | "cards" | "up" | "delete";

/** What is known besides the marks. */
export interface Known {
  readonly purpose: Purpose;
  /** The class' id was given by `--class-id`. */
  readonly isGiven: boolean;
  /** Whether this class noted here that it began this stack, in this backend. */
  begun(seat: string): boolean;
  /** Whether this checkout made the class before classes had ids. */
  readonly madeHere: boolean;
}

export interface Judged {
  /** Seats of which there is a stack that may be used. */
  readonly there: readonly string[];
  /** Those of them that do not carry the id yet. */
  readonly unmarked: readonly string[];
  /** Seats whose stack is not this class' to use, by the reason. */
  readonly refused: ReadonlyMap<string, Whose>;
}

export function whoseIs(stack: string, { stacks, named, sameName, withId, sameId }: Marks): Whose {
  if (named.has(stack) && !sameName.has(stack)) return "other class";
  if (sameId.has(stack)) return "ours";
  if (withId.has(stack)) return "other id";
  if (sameName.has(stack)) return "name only";
  return stacks.get(stack) === 0 ? "empty" : "no class";
}

/**
 * Which of the seats' stacks a verb may use. A mark on the stack decides, or the note that this class left here before it made the stack.
 * A stack that says nothing is nobody's to use.
 */
export function judge(seats: readonly string[], marks: Marks, known: Known): Judged {
  const refused = new Map<string, Whose>();
  const [there, unmarked]: [string[], string[]] = [[], []];
  for (const seat of seats.filter((name) => marks.stacks.has(name))) {
    const whose = whoseIs(seat, marks);
    if (!isUsable(seat, whose, known)) refused.set(seat, whose);
    else there.push(seat);
    if (!refused.has(seat) && whose !== "ours") unmarked.push(seat);
  }
  return { there, unmarked, refused };
}

function isUsable(seat: string, whose: Whose, { purpose, isGiven, begun, madeHere }: Known): boolean {
  switch (whose) {
    case "ours":
      return true;
    case "other id":
      return purpose === "read";
    case "name only":
      return purpose === "read" || purpose === "cards" || isGiven || begun(seat) || (purpose === "up" && madeHere);
    case "empty":
      return purpose === "read" || purpose === "cards" || begun(seat);
    case "other class":
    case "no class":
      return false;
  }
}

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

/** The command that was typed, with the class' id added: what a refusal prints, ready to type. */
export function commandWithId(id: string, argv: readonly string[] = process.argv): string {
  return `${commandWithoutId(argv)} --class-id ${id}`;
}

/** The command that was typed, without an id. */
export function commandWithoutId(argv: readonly string[] = process.argv): string {
  const words = argv.slice(argv.indexOf("class") + 1);
  const at = words.indexOf("--class-id");
  const others = words.filter((word, index) => !word.startsWith("--class-id=") && (at < 0 || (index !== at && index !== at + 1)));
  return ["npm run class --", ...withoutValues(others).map(quoted)].join(" ");
}

/** A word as a POSIX shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
