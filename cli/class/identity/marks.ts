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
export type Whose = "ours" | "other id" | "name only" | "empty" | "other class" | "no class";

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
