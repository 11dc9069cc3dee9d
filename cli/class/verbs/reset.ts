import { UserError } from "../../../base/errors";
import { requireConsent, type Consent } from "../drift/consent";
import { diff, differencesIn, type SeatDrift } from "../drift/model";
import { byHand } from "../drift/put-back";
import { readLesson, resetLesson } from "../drift/reset";
import { openClass } from "../open";
import type { ClassOptions } from "../run/options";
import { counted } from "../preview/text";
import { afterKilledRuns, withClassLock } from "../run/prepare";
import { overSeats } from "../run/over-seats";
import { ownSeats } from "../run/owned";

export interface ResetOptions extends ClassOptions, Consent {
  seat: string;
  lesson: string;
}

/** `class reset`: resets one lesson of one seat. Says what it will do, asks, does it, and checks the result. */
export async function reset({ seat, lesson, ...options }: ResetOptions): Promise<void> {
  const cls = openClass({ ...options, only: [seat] });
  await ownSeats(cls, "delete");
  const found = await readLesson(seat, lesson);
  const { leaveAdded = false } = options;
  const goes = leaveAdded ? { ...found.drift, added: [] } : found.drift;
  if (differencesIn(goes) + (leaveAdded ? 0 : goes.notAsked.length) === 0)
    return say(
      [
        `Lesson ${lesson} of seat ${seat} is as it was made: there is nothing to put back.`,
        ...diff(found.drift).map((line) => `  ${line}`),
      ].join("\n"),
    );
  say(
    [
      `Lesson ${lesson} of seat ${seat} is to be put back:`,
      ...diff(found.drift).map((line) => `  ${line}`),
      ...effects(goes),
    ].join("\n"),
  );
  await requireConsent(found.drift, options, commandOf({ seat, lesson, ...options }));

  await withClassLock(cls, async () => {
    await afterKilledRuns(cls, say);
    const [outcome] = await overSeats(cls, { verb: "reset", concurrency: 1 }, (_, line, signal) =>
      resetLesson(cls, seat, found, leaveAdded, line, signal),
    );
    if (outcome!.status === "failed")
      throw new UserError(
        `Lesson ${lesson} of seat ${seat} is not put back: ${outcome!.trouble}\nThe same command may be run again; ${outcome!.log} has everything.`,
      );
    if (outcome!.status !== "done")
      throw new UserError("Interrupted. Run the same command again: it puts back what is left.");
    say(
      `Lesson ${lesson} of seat ${seat} is as it was made${leaveAdded && found.drift.added.length > 0 ? `, but for ${counted(found.drift.added.length, "object")} that ${found.drift.added.length === 1 ? "was" : "were"} added` : ""}.`,
    );
  });
}

/** The typed command with `--yes`, for messages where nobody can be asked. */
function commandOf({ roster, from, seat, lesson }: ResetOptions): string {
  return `npm run class -- reset --roster ${quoted(roster)}${from === undefined ? "" : ` --from ${quoted(from)}`} --seat ${seat} --lesson ${lesson} --yes`;
}

function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** What the trainee should know before. */
function effects(drift: SeatDrift): string[] {
  const { added, remade } = byHand(drift);
  return [
    ...(added.length > 0
      ? [
          `${counted(added.length, "object")} (+) ${added.length === 1 ? "is" : "are"} deleted for good, with all that is in ${added.length === 1 ? "it" : "them"}.`,
        ]
      : []),
    ...(remade.length > 0
      ? [
          `Made anew, since fields were added to them: ${remade.map(({ path }) => path.split("/").slice(-2).join(" ")).join(", ")}.`,
        ]
      : []),
    ...(drift.unclear.length > 0
      ? [
          `${counted(drift.unclear.length, "object")} (?) of which nobody can tell ${drift.unclear.length === 1 ? "stays" : "stay"}.`,
        ]
      : []),
  ];
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
