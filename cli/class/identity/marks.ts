import { onStack } from "../../../base/advice";
import { withoutValues } from "../../terminal/command-line";
import type { Class } from "../model";
import { rostersOf } from "./noted";

/** The class marks on a backend's stacks, by stack name. */
export interface Marks {
  /** Every existing stack → the number of its resources. */
  readonly stacks: ReadonlyMap<string, number>;
  /** Stacks that name a class, and those of them that name this one. */
  readonly named: ReadonlySet<string>;
  readonly sameName: ReadonlySet<string>;
  /** Stacks with any class' id, and those of them with this class' id. */
  readonly withId: ReadonlySet<string>;
  readonly sameId: ReadonlySet<string>;
}

/**
 * - `ours`: has this class' id, and no other class' name.
 * - `other id`: has this class' name and another id, so it belongs to another roster of that name.
 * - `name only`: has this class' name and no id. It dates from before ids, or somebody set the tag by hand.
 * - `empty`: has no mark and no resources.
 * - `other class`: has another class' name.
 * - `no class`: has no mark, but has resources.
 */
type Whose = "ours" | "other id" | "name only" | "empty" | "other class" | "no class";

/**
 * What a verb does with the stacks: reads them, hands out their addresses, creates or changes them, or deletes them.
 */
export type Purpose = "read" | "cards" | "up" | "delete";

/** What is known besides the marks. */
export interface Known {
  readonly purpose: Purpose;
  /** Whether the user gave the class' id by `--class-id`. */
  readonly isGiven: boolean;
  /** Whether this class noted here that it began this stack in this backend. */
  begun(seat: string): boolean;
  /** Whether this checkout created the class before classes had ids. */
  readonly createdHere: boolean;
}

export interface MarksResult {
  /** Seats with a stack that the verb may use. */
  readonly there: readonly string[];
  /** Those of them without the class' id. */
  readonly unmarked: readonly string[];
  /** Seats whose stack the class may not use, with the reason. */
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
 * Decides which of the seats' stacks a verb may use. It needs a mark on the stack, or the note that this class left
 * here before it created the stack. A stack without either is never used.
 */
export function evaluateMarks(seats: readonly string[], marks: Marks, known: Known): MarksResult {
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

function isUsable(seat: string, whose: Whose, { purpose, isGiven, begun, createdHere: madeHere }: Known): boolean {
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

/** The class tags of a stack. */
export interface Tags {
  readonly name?: string;
  readonly id?: string;
}

export const CLASS_TAG = "istio-lab:class";
export const CLASS_ID_TAG = "istio-lab:class-id";

/**
 * Explains why the class may not use stacks that have its seats' names, and what helps.
 * @param tags the tags of the refused stacks
 */
export function refusalText(
  { roster, id }: Pick<Class, "roster" | "id">,
  { there, unmarked, refused }: MarksResult,
  tags: ReadonlyMap<string, Tags>,
): string {
  const of = (...whose: string[]) => [...refused].filter(([, one]) => whose.includes(one)).map(([seat]) => seat);
  const marked = there.filter((seat) => !unmarked.includes(seat));
  return [
    "Nothing has been changed.",
    ...othersText(of("other class", "no class", "empty"), { roster, id }, tags),
    ...idsText(of("other id"), marked, { roster, id }, tags),
    ...namesText(of("name only"), { roster, id }),
  ].join("\n");
}

function othersText(
  seats: readonly string[],
  { roster, id }: Pick<Class, "roster" | "id">,
  tags: ReadonlyMap<string, Tags>,
): string[] {
  if (seats.length === 0) return [];
  const tag = (key: string, value: string) => onStack(seats[0]!, `npm run -s pulumi -- stack tag set ${key} ${value}`);
  return [
    `These seats already have stacks that do not belong to class ${roster.name}:`,
    ...seats.map(
      (seat) =>
        `- ${seat}: belongs to ${tags.get(seat)?.name === undefined ? "no class" : `class ${tags.get(seat)!.name}`}`,
    ),
    `Rename the seats in ${roster.file}, or add the stacks to the class: ${tag(CLASS_TAG, roster.name)} && ${tag(CLASS_ID_TAG, id)}`,
  ];
}

/** Lists stacks of other classes of this name. Gives the command that adopts them where they belong to one class. */
function idsText(
  seats: readonly string[],
  own: readonly string[],
  { roster, id }: Pick<Class, "roster" | "id">,
  tags: ReadonlyMap<string, Tags>,
): string[] {
  const byId = new Map<string, string[]>();
  for (const seat of seats)
    byId.set(tags.get(seat)?.id ?? "unknown", [...(byId.get(tags.get(seat)?.id ?? "unknown") ?? []), seat]);
  if (byId.size === 0) return [];
  const lines = [...byId].map(([other, all]) => `- class id ${other}${madeBy(other)}: ${all.join(", ")}`);
  if (byId.size === 1 && own.length === 0) {
    return [
      `These seats belong to another class with the same name, ${roster.name}. The class of ${roster.file} has the id ${id}:`,
      ...lines,
      `If you mean that class, name its id once; it is then recorded here: ${commandWithId([...byId.keys()][0]!)}`,
    ];
  }
  return [
    `The seats of ${roster.file} belong to ${byId.size + (own.length > 0 ? 1 : 0)} classes with the name ${roster.name}, and a roster is one class:`,
    ...(own.length > 0 ? [`- class id ${id}, this roster's: ${own.join(", ")}`] : []),
    ...lines,
    "Rename the other classes' seats in the roster, or leave them out by --only.",
  ];
}

function madeBy(id: string): string {
  const rosters = rostersOf(id);
  return rosters.length === 0 ? "" : ` (${rosters.join(", ")})`;
}

function namesText(seats: readonly string[], { roster, id }: Pick<Class, "roster" | "id">): string[] {
  if (seats.length === 0) return [];
  return [
    `These seats have the tag of a class ${roster.name} without its id: ${seats.join(", ")}. They were made before classes had ids, or tagged by hand.`,
    `If they are seats of ${roster.file}, give the id once; it is then written on them: ${commandWithId(id)}`,
  ];
}

/** The typed command with the class' id added, ready to run. */
export function commandWithId(id: string, argv: readonly string[] = process.argv): string {
  return `${commandWithoutId(argv)} --class-id ${id}`;
}

/** The typed command without an id. */
export function commandWithoutId(argv: readonly string[] = process.argv): string {
  const words = argv.slice(argv.indexOf("class") + 1);
  const at = words.indexOf("--class-id");
  const others = words.filter(
    (word, index) => !word.startsWith("--class-id=") && (at < 0 || (index !== at && index !== at + 1)),
  );
  return ["npm run class --", ...withoutValues(others).map(quoted)].join(" ");
}

/** Quotes a word for a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
