import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../../../base/errors";
import { listStacks } from "../../stack/stack";
import { pulumiOutput, type Workspace } from "../../stack/workspace";
import { logFile, type Class, type RosterSeat } from "../model";
import { stackOf } from "../engine";
import {
  CLASS_ID_TAG,
  CLASS_TAG,
  evaluateMarks,
  type MarksResult,
  type Marks,
  type Purpose,
  refusalText,
  type Tags,
} from "../identity/marks";
import { noteId } from "../identity/noted";
import { backendOf } from "./backend";
import { isNotedBy, readFacts } from "./seat-facts";

export { CLASS_ID_TAG, CLASS_TAG };
/** The stack tag that holds when the seat may be destroyed. */
export const EXPIRES_TAG = "istio-lab:expires";

type Says = (line: string) => void;
const sayOnStandardError: Says = (line) => void process.stderr.write(`${line}\n`);

/**
 * Returns the class' own stacks, including seats that left the roster. `nameOnly` has stacks with only the class' name,
 * which may belong to another class.
 */
export async function stacksOfClass({
  roster,
  workspace,
  id,
}: Pick<Class, "roster" | "workspace" | "id">): Promise<{ own: string[]; nameOnly: string[] }> {
  const [own, named, withId] = await Promise.all([
    tagged(workspace, CLASS_ID_TAG, id),
    tagged(workspace, CLASS_TAG, roster.name),
    tagged(workspace, CLASS_ID_TAG),
  ]);
  return { own, nameOnly: named.filter((name) => !withId.includes(name)) };
}

/**
 * Returns the roster's seats whose stack the class may use for this purpose. To change or delete, a stack must carry
 * the class' id, or this class must have noted it here before creating it. To read, other stacks only get a note on
 * whose they are. A given id is noted here when it fits.
 * @throws UserError where a stack has only the seat's name and is somebody else's
 */
export async function ownSeats(
  cls: Class,
  purpose: Purpose = "delete",
  say: Says = sayOnStandardError,
): Promise<Set<string>> {
  const { roster, workspace, id, isGiven = false } = cls;
  const seats = roster.seats.map(({ seat }) => seat);
  const marks = await marksOf(cls);
  const backend = await backendOf(workspace);
  const result = evaluateMarks(seats, marks, {
    purpose,
    isGiven,
    begun: (seat) => isNotedBy(cls, readFacts(cls, seat), backend),
    createdHere: isCreatedHere(cls, seats, marks),
  });
  if (result.refused.size > 0)
    throw new UserError(refusalText(cls, result, await tagsOf(workspace, [...result.refused.keys()])));
  const reads = purpose === "read" || purpose === "cards";
  if (isGiven && !reads) for (const seat of result.unmarked) await setTag(workspace, seat, CLASS_ID_TAG, id);
  if (isGiven) noteId(cls.folder, id);
  if (reads) (await readingNotes(cls, result, marks)).forEach(say);
  return new Set(result.there);
}

/** Says whose stacks a verb is about to read. Refuses none. */
export async function sayWhose(cls: Class, say: Says = sayOnStandardError): Promise<void> {
  // Without an engine, the verb itself says that there is no seat.
  if (!cls.workspace.engine) return;
  const marks = await marksOf(cls);
  const there = cls.roster.seats.map(({ seat }) => seat).filter((seat) => marks.stacks.has(seat));
  (
    await readingNotes(
      cls,
      { there, unmarked: there.filter((seat) => !marks.sameId.has(seat)), refused: new Map() },
      marks,
    )
  ).forEach(say);
}

/** Returns a line for each other class that owns stacks of these seats. */
async function readingNotes(
  { roster, workspace, id }: Class,
  { unmarked }: MarksResult,
  marks: Marks,
): Promise<string[]> {
  const tags = await tagsOf(
    workspace,
    unmarked.filter((seat) => marks.named.has(seat) || marks.withId.has(seat)),
  );
  const byClass = new Map<string, string[]>();
  for (const [seat, { name, id: other }] of tags) {
    const whose =
      name !== roster.name
        ? `class ${name ?? "without a name"}`
        : other === undefined
          ? "a class without an id, only a name"
          : `another class ${name}, id ${other}`;
    byClass.set(whose, [...(byClass.get(whose) ?? []), seat]);
  }
  return [...byClass].map(
    ([whose, all]) =>
      `Note: ${all.join(", ")}: the stack belongs to ${whose}; the class of ${roster.file} has the id ${id}.`,
  );
}

/**
 * Writes the tags that `ownSeats` and `class expire` read, the id first. Never writes trainee or e-mail, because a
 * backend may be public.
 */
export async function tagSeat(
  stack: Awaited<ReturnType<typeof stackOf>>,
  { roster, id }: Pick<Class, "roster" | "id">,
  { expires }: RosterSeat,
): Promise<void> {
  const has = await stack.listTags();
  const wanted = { [CLASS_ID_TAG]: id, [CLASS_TAG]: roster.name, [EXPIRES_TAG]: expires?.toISOString() };
  for (const [tag, value] of Object.entries(wanted)) {
    if (value !== undefined && has[tag] !== value) await stack.setTag(tag, value);
    if (value === undefined && has[tag] !== undefined) await stack.removeTag(tag);
  }
}

/** Returns the value of a stack's tag; undefined where it has none of that name. */
export async function tagOf(workspace: Workspace, stack: string, tag: string): Promise<string | undefined> {
  return (
    JSON.parse(await pulumiOutput(workspace, ["stack", "tag", "ls", "--json", "--stack", stack])) as Record<
      string,
      string
    >
  )[tag];
}

async function marksOf({ roster, workspace, id }: Pick<Class, "roster" | "workspace" | "id">): Promise<Marks> {
  const [stacks, sameName, sameId] = await Promise.all([
    listStacks(workspace),
    tagged(workspace, CLASS_TAG, roster.name),
    tagged(workspace, CLASS_ID_TAG, id),
  ]);
  const there = new Map(stacks.map(({ name, resourceCount = 0 }) => [name, resourceCount]));
  const isSettled = roster.seats.every(
    ({ seat }) => !there.has(seat) || (sameName.includes(seat) && sameId.includes(seat)),
  );
  const [named, withId] = isSettled
    ? [sameName, sameId]
    : await Promise.all([tagged(workspace, CLASS_TAG), tagged(workspace, CLASS_ID_TAG)]);
  return {
    stacks: there,
    named: new Set(named),
    sameName: new Set(sameName),
    withId: new Set(withId),
    sameId: new Set(sameId),
  };
}

/**
 * Whether this checkout created the class before classes had ids. Three things must hold: the folder of that name is
 * this roster's, no stack of that name has an id, and each such seat has a log of `up`.
 */
function isCreatedHere(cls: Class, seats: readonly string[], { sameName, withId }: Marks): boolean {
  if (path.basename(cls.folder) !== cls.roster.name || [...sameName].some((stack) => withId.has(stack))) return false;
  return seats.filter((seat) => sameName.has(seat)).every((seat) => fs.existsSync(logFile(cls, seat, "up")));
}

async function tagsOf(workspace: Workspace, stacks: readonly string[]): Promise<Map<string, Tags>> {
  const all = await Promise.all(
    stacks.map(async (stack) => {
      const tags = JSON.parse(
        await pulumiOutput(workspace, ["stack", "tag", "ls", "--json", "--stack", stack]),
      ) as Record<string, string>;
      return [stack, { name: tags[CLASS_TAG], id: tags[CLASS_ID_TAG] }] as const;
    }),
  );
  return new Map(all);
}

async function setTag(workspace: Workspace, stack: string, tag: string, value: string): Promise<void> {
  await pulumiOutput(workspace, ["stack", "tag", "set", tag, value, "--stack", stack]);
}

async function tagged(workspace: Workspace, tag: string, value?: string): Promise<string[]> {
  return (await listStacks(workspace, "--tag", value === undefined ? tag : `${tag}=${value}`)).map(({ name }) => name);
}
