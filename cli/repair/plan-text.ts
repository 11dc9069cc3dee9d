import type { SeatDrift } from "../drift/model";
import { counted, fieldTexts } from "../drift/text";
import { refOf } from "../drift/read";
import { makerOf } from "../inventory";
import { onStack } from "../../base/advice";
import { touches } from "../preview/changes";
import { type ProgramChanges, WHY_PROGRAM } from "../preview/program";
import { changeText } from "../preview/text";
import type { Plan } from "./plan";

/** The plan as a preview: a line for each object that is put back, taken away or restarted. */
export function planLines({ releases, putBack, makeAnew, takeAway, restart, named, unknownRoots }: Plan): string[] {
  const again = makeAnew.filter((entry) => !putBack.some((step) => step.entry === entry));
  return [
    ...section("To restore:", [
      ...releases.map(({ namespace, name, said }) => `+ Release ${namespace}/${name}: ${said}`),
      ...putBack.map(({ entry, fields, isGone }) => {
        const maker = entry.owner.by !== "pulumi" ? `, of ${makerOf(entry)}` : "";
        return isGone
          ? `+ ${refOf(entry)}${maker}`
          : `~ ${refOf(entry)}${maker}: ${fieldTexts({ fields: fields.map(turned) }).join("; ")}`;
      }),
      ...again.map((entry) => `+ ${refOf(entry)}`),
    ]),
    ...section(
      "To delete:",
      takeAway.map(({ object, by }) => `- ${object}${by === undefined ? "" : ` (by ${by})`}`),
    ),
    ...section(
      "To restart:",
      restart.map(({ kind, namespace, name, why }) => `± ${kind} ${namespace}/${name}: ${why}`),
    ),
    ...section(
      "Not the seat's own, and kept:",
      named.flatMap(({ cause, fix }) => [`! ${cause}`, `  ${fix}`]),
    ),
    ...section(
      "Unknown, and kept:",
      unknownRoots.map(
        ({ pod, why }) => `? which root the proxy of Pod ${pod.metadata.namespace}/${pod.metadata.name} holds: ${why}`,
      ),
    ),
  ];
}

/** A field as the repair changes it: from what it is to what it was made as. */
function turned({ path, before, after }: { path: string; before: unknown; after: unknown }) {
  return { path, before: after, after: before };
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

/**
 * What to say where there is nothing to do. What could not be asked for is not called right.
 * @param program the lines of `programLines`
 */
export function emptyText(
  title: string,
  { notAsked }: Pick<SeatDrift, "notAsked">,
  { unknownRoots }: Pick<Plan, "unknownRoots">,
  program: readonly string[],
): string {
  if (notAsked.length + unknownRoots.length > 0)
    return `Nothing that could be read needs a repair. ${title} may still differ from what was made.`;
  return program.length === 0
    ? `${title} is as it was made: there is nothing to repair.`
    : `${title} is as Pulumi's state says: there is nothing to repair.`;
}

/**
 * The last line of a repair.
 * @param left how many objects that were added stay
 * @param program the lines of `programLines`
 */
export function doneText(title: string, left: number, program: readonly string[]): string {
  const but = left === 0 ? "" : `, but for ${counted(left, "object")} that ${left === 1 ? "was" : "were"} added`;
  return `${title} is as ${program.length === 0 ? "it was made" : "Pulumi's state says"}${but}.`;
}

/**
 * What a repair does not do: it restores what the state says, and the program may say something else.
 * @param namespace only what has its effect there @default everything
 * @returns no line where the program would change nothing
 */
export function programLines(
  stack: string,
  { changes, unknown }: ProgramChanges,
  namespace: string | undefined,
): string[] {
  if (unknown !== undefined) return [`? What the program would still change is unknown: ${unknown}`];
  const here = namespace === undefined ? changes : changes.filter((change) => touches(change, [namespace]));
  return here.length === 0
    ? []
    : [
        ...section("The program would still change the seat:", here.map(changeText)),
        `${WHY_PROGRAM} ${onStack(stack, "`npm run up`")} does it.`,
      ];
}
