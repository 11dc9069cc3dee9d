import { weightsAt } from "../../../components/mesh/canary-plan";
import { lessonNames, lessonOf, lessonsAmong } from "../../../components/lessons/catalog";
import type { Settings } from "../../../config";
import { UserError } from "../../../base/errors";
import { ask } from "../../terminal/ask";
import { count, planOf, positionOf, positionsText, targetShare, weightsText } from "../canary";
import type { Overlay } from "../model";
import { openClass } from "../open";
import { type ManyOptions, runOptionsOf } from "../run/options";
import { previewClass } from "../preview/preview-class";
import { previewText } from "../preview/text";
import { seatFileSettings } from "../roster/validate";
import { requireNotInRoster } from "../roster/overlay";
import { exitCodeOf, outcomeText } from "../run/outcome";
import { upClass } from "../run/up-class";

export interface CanaryOptions extends ManyOptions {
  service?: string;
  yes?: boolean;
}

/**
 * `class canary next|back|status`: shows the preview of one step of the plan, asks, and moves all seats' config to it.
 */
export async function canary(to: string, options: CanaryOptions): Promise<void> {
  if (to !== "next" && to !== "back" && to !== "status")
    throw new UserError(`class canary ${to}: valid are next, back and status.`);
  const cls = openClass(options);
  const seats = cls.roster.seats.map((seat) => ({ seat: seat.seat, ...seatFileSettings(cls.roster, seat).settings }));
  const { service, plan } = planOf(seats, options.service);
  const positions = seats.map(({ seat, canary, lessons }) =>
    positionOf(seat, plan, canary[service], firstVersion(service, lessons)),
  );
  say(positionsText(service, plan, positions));
  if (to === "status")
    return say(
      "Read from the seats' stack files; no cluster was asked. `class drift` compares the live routes with them.",
    );

  const share = targetShare(plan, positions, to);
  const weights = weightsAt(plan, share);
  if (positions.every((one) => one.share === share)) {
    say(
      `Every seat is at ${weightsText(weights)}, the ${to === "next" ? "last step" : "beginning"} of the plan: no step comes ${to === "next" ? "after" : "before"} it.`,
    );
    return;
  }
  const overlay: Overlay = { [`canary.${service}`]: weights };
  requireNotInRoster(overlay, cls.roster, (path) => `class canary ${to} sets ${path}`);
  say(`All to ${weightsText(weights)}. What that changes:`);
  const run = runOptionsOf(cls, options);
  const preview = await previewClass(cls, overlay, run);
  say(previewText(preview));
  if (preview.failed.length > 0)
    throw new UserError(
      `Nothing has been changed: the preview of ${count(preview.failed.length)} failed. Repair them, or leave them out by --only.`,
    );
  if (
    !options.yes &&
    !(await ask(`Move ${count(seats.length)} of class ${cls.roster.name} to ${service} ${weightsText(weights)}?`))
  ) {
    say("Nothing has been changed.");
    return;
  }
  const outcomes = await upClass(cls, overlay, run);
  say(outcomeText(outcomes, `at ${service} ${weightsText(weights)}`));
  process.exitCode = exitCodeOf(outcomes);
}

/** The version that gets all traffic where the config has no weights. */
function firstVersion(service: string, lessons: Settings["lessons"]): string {
  const all = lessonsAmong([...lessonNames, ...lessons]);
  return all.flatMap((name) => lessonOf(name).canary[service] ?? [])[0]!;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
