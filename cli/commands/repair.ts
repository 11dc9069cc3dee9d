import { onStack } from "../../base/advice";
import { elapsed } from "../../base/elapsed";
import { Interrupted } from "../../base/errors";
import { type Consent, requireConsent } from "../drift/consent";
import { programChanges } from "../preview/program";
import { doneText, emptyText, engineOf, isEmpty, planLines, programLines, readRepair, repairSeat } from "../repair";
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
 * does it, and looks again. Names what only `up` can restore, because the state does not have it.
 */
export async function repair(options: RepairOptions): Promise<void> {
  const started = Date.now();
  const abort = new AbortController();
  const stack = await takenStack(options.stack, { to: "use", say });
  const again = onStack(stack, "`npm run repair` continues from here.");
  const seat = await readStack(stack);
  const { lesson, leaveAdded } = options;
  const wish = { seat, ...(lesson !== undefined && { lesson }), ...(leaveAdded && { leaveAdded }) };
  const { plan, drift, namespace } = await readRepair(wish);
  const what = lesson === undefined ? `Seat ${stack}` : `Lesson ${lesson} of seat ${stack}`;
  planLines(plan).forEach((line) => say(onStack(stack, line)));
  drift.unclear.forEach(({ object }) => say(`? ${object} stays: it is unknown whether it existed before the seat.`));
  if (!leaveAdded) drift.notAsked.forEach(({ what, why }) => say(`? ${what} could not be listed: ${why}`));
  const program = async () => {
    const changes = await programChanges(seat.workspace, stack);
    const lines = programLines(stack, changes, namespace);
    if (lines.length > 0) process.exitCode = 1;
    return lines;
  };
  if (isEmpty(plan)) {
    const asked = leaveAdded ? { notAsked: [] } : drift;
    if (asked.notAsked.length + plan.unknownRoots.length > 0) process.exitCode = 1;
    const lines = await program();
    return [emptyText(what, asked, plan, lines), ...lines].forEach(say);
  }
  if (options.dryRun) return [...(await program()), "Nothing has been done."].forEach(say);
  await requireConsent(drift, options, commandOf(stack, lesson));
  // Heard only from here on: at the question, Ctrl-C is a no.
  heedFirst((ending) => abort.abort(new Interrupted(`Interrupted. ${again}`, exitCodeOf(ending))));
  await repairSeat(wish, plan, engineOf(seat.workspace, stack, say), say, abort.signal);
  const lines = await program();
  say(`${doneText(what, leaveAdded ? drift.added.length : 0, lines)} It took ${elapsed(started)}.`);
  lines.forEach(say);
}

function commandOf(stack: string, lesson: string | undefined): string {
  return onStack(stack, `npm run repair -- ${lesson === undefined ? "" : `--lesson ${lesson} `}--yes`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
