import { onStack } from "../../base/advice";
import { elapsed } from "../../base/elapsed";
import { Interrupted } from "../../base/errors";
import { type Consent, requireConsent } from "../drift/consent";
import { doneText, emptyText, engineOf, isEmpty, planLines, readRepair, repairSeat } from "../repair";
import { readStack } from "../seat/stack-outputs";
import { takenStack } from "../stack/taken";
import { exitCodeOf, heedFirst } from "../terminal/ending/signals";

export interface RepairOptions extends Consent {
  stack?: string;
  lesson?: string;
  /** Only show what would be done. */
  dryRun?: boolean;
}

/**
 * `npm run repair`: restores a seat as Pulumi and the charts made it. Shows what it restores, deletes and restarts, asks,
 * does it, and looks again.
 */
export async function repair(options: RepairOptions): Promise<void> {
  const started = Date.now();
  const abort = new AbortController();
  const stack = await takenStack(options.stack, { to: "use", say });
  const again = onStack(stack, "`npm run repair` continues from here.");
  const seat = await readStack(stack);
  const { lesson, leaveAdded } = options;
  const wish = { seat, ...(lesson !== undefined && { lesson }), ...(leaveAdded && { leaveAdded }) };
  const { plan, drift } = await readRepair(wish);
  const what = lesson === undefined ? `Seat ${stack}` : `Lesson ${lesson} of seat ${stack}`;
  planLines(plan).forEach((line) => say(onStack(stack, line)));
  drift.unclear.forEach(({ object }) => say(`? ${object} stays: it is unknown whether it existed before the seat.`));
  if (!leaveAdded) drift.notAsked.forEach(({ what, why }) => say(`? ${what} could not be listed: ${why}`));
  if (isEmpty(plan)) {
    const asked = leaveAdded ? { notAsked: [] } : drift;
    if (asked.notAsked.length + plan.unknownRoots.length > 0) process.exitCode = 1;
    return say(emptyText(what, asked, plan));
  }
  if (options.dryRun) return say("Nothing has been done.");
  await requireConsent(drift, options, commandOf(stack, lesson));
  // Heard only from here on: at the question, Ctrl-C is a no.
  heedFirst((ending) => abort.abort(new Interrupted(`Interrupted. ${again}`, exitCodeOf(ending))));
  await repairSeat(wish, plan, engineOf(seat.workspace, stack, say), say, abort.signal);
  say(`${doneText(what, leaveAdded ? drift.added.length : 0)} It took ${elapsed(started)}.`);
}

function commandOf(stack: string, lesson: string | undefined): string {
  return onStack(stack, `npm run repair -- ${lesson === undefined ? "" : `--lesson ${lesson} `}--yes`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
