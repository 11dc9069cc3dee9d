import { readStack } from "../../seat/stack-outputs";
import { differencesIn, isAsMade, type SeatDrift } from "../../drift/model";
import { driftText } from "../drift-text";
import { readDrift } from "../../drift/read";
import type { Outcome } from "../model";
import { openClass } from "../open";
import { concurrencyOf, type ManyOptions } from "../run/options";
import { counted } from "../../drift/text";
import { overSeats } from "../run/over-seats";
import { sayWhose } from "../run/owned";

export interface DriftOptions extends ManyOptions {
  json?: boolean;
}

/** `class drift`: shows what trainees changed or added by hand, seat by seat. */
export async function drift(options: DriftOptions): Promise<void> {
  const cls = openClass(options);
  await sayWhose(cls);
  const outcomes = await overSeats(
    cls,
    { verb: "drift", concurrency: concurrencyOf(cls, options.concurrency), failFast: options.failFast },
    async ({ seat }, line): Promise<SeatDrift> => {
      line.doing("reading its objects");
      const found = await readDrift(await readStack(seat));
      line.doing(isAsMade(found) ? "as made" : counted(differencesIn(found), "difference"));
      return found;
    },
  );
  process.stdout.write(
    `${options.json ? JSON.stringify({ class: cls.roster.name, seats: outcomes.map(report) }, undefined, 2) : driftText(outcomes)}\n`,
  );
  if (outcomes.some((outcome) => outcome.status !== "done" || !isAsMade(outcome.result))) process.exitCode = 1;
}

function report(outcome: Outcome<SeatDrift>): object {
  const { seat, trainee } = outcome.seat;
  if (outcome.status !== "done")
    return { seat, trainee, status: outcome.status, ...(outcome.status === "failed" && { trouble: outcome.trouble }) };
  return {
    seat,
    trainee,
    status: isAsMade(outcome.result) ? "as made" : differencesIn(outcome.result) > 0 ? "changed" : "unknown",
    ...outcome.result,
  };
}
