import { UserError } from "../../errors";
import { ask } from "../ask";
import { differencesIn } from "../drift/model";
import { byHand } from "../drift/put-back";
import { readLesson, resetLesson } from "../drift/reset";
import { diff } from "../drift/text";
import { openClass } from "../open";
import type { ClassOptions } from "../options";
import { counted } from "../preview/sentence";
import { withClass } from "../run/lock";
import { afterKilledRuns } from "../run/made-ready";
import { overSeats } from "../run/over-seats";
import { ownSeats } from "../run/owned";

export interface ResetOptions extends ClassOptions {
  seat: string;
  lesson: string;
  yes?: boolean;
}

/** `class reset`: one lesson of one seat as it was made. Says what it will do, asks, does it, and looks whether it is so. */
export async function reset({ seat, lesson, yes, ...options }: ResetOptions): Promise<void> {
  const of = openClass({ ...options, only: [seat] });
  const found = await readLesson(seat, lesson);
  await ownSeats(of);
  if (differencesIn(found.drift) === 0) return say(`Lesson ${lesson} of seat ${seat} is as it was made: there is nothing to put back.`);
  say([`Lesson ${lesson} of seat ${seat} is to be put back:`, ...diff(found.drift).map((line) => `  ${line}`), ...effects(found.drift)].join("\n"));
  if (!yes && !(await ask("Put it back?"))) throw new UserError("Nothing has been done.");

  await withClass(of, async () => {
    await afterKilledRuns(of, say);
    const [outcome] = await overSeats(of, { verb: "reset", concurrency: 1 }, (_, line, signal) => resetLesson(of, seat, found, line, signal));
    if (outcome!.status === "failed") throw new UserError(`Lesson ${lesson} of seat ${seat} is not put back: ${outcome!.trouble}\nThe same command may be run again; ${outcome!.log} has everything.`);
    if (outcome!.status !== "done") throw new UserError("Interrupted. Run the same command again: it puts back what is left.");
    say(`Lesson ${lesson} of seat ${seat} is as it was made.`);
  });
}

/** What a trainee should be told before. */
function effects(drift: Parameters<typeof byHand>[0]): string[] {
  const { added, remade } = byHand(drift);
  return [
    ...(added.length > 0 ? [`${counted(added.length, "object")} (+) ${added.length === 1 ? "is" : "are"} deleted for good, with all that is in ${added.length === 1 ? "it" : "them"}.`] : []),
    ...(remade.length > 0 ? [`Made anew, since fields were added to them: ${remade.map((path) => path.split("/").slice(-2).join(" ")).join(", ")}.`] : []),
  ];
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
