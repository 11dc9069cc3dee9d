import { readyForUp } from "../../ready";
import { noteBackend } from "../../stack-backend";
import { breakDeadLocks } from "../../state";
import type { Class } from "../class";
import { stackOf } from "../engine";
import type { Outcome, Overlay, RosterSeat } from "../model";
import { requireClassPreflight } from "../preflight";
import { writeSeatFile } from "../roster/seat-file";
import { withClass } from "./lock";
import { afterKilledRuns, madeReady, type Say } from "./made-ready";
import { operation } from "./operation";
import { overSeats, type OverSeatsOptions, type SeatLine } from "./over-seats";
import { ownSeats, tagSeat } from "./owned";
import { retrying } from "./retry";

export type ClassRunOptions = Omit<OverSeatsOptions, "verb">;

/** The stack's outputs that are no secret. */
export type Outputs = Readonly<Record<string, unknown>>;

/**
 * Makes the seats, or brings them up to date; one that is as it should be is left as it is, so a run that was ended in the middle is gone on with by the same
 * call. The outcome's result are the stack's outputs that are no secret. @throws UserError before anything is made, where the class cannot be
 */
export async function upClass(of: Class, overlay: Overlay, options: ClassRunOptions): Promise<Outcome<Outputs>[]> {
  const seats = options.seats ?? of.roster.seats;
  const worked: Class = { ...of, roster: { ...of.roster, seats } };
  return withClass(of, async () => {
    // Whose the stacks are can be asked as soon as there is an engine; while there is none, nobody has made a stack here.
    if (of.workspace.engine) await ownSeats(worked);
    await requireClassPreflight(worked, overlay, say);
    const ready = await madeReady(worked, overlay, say);
    if (!of.workspace.engine) await ownSeats(ready);
    await afterKilledRuns(ready, say);
    for (const seat of seats) writeSeatFile(of.roster, seat, overlay);
    return overSeats(ready, { ...options, verb: "up" }, (seat, line, signal) => upSeat(ready, seat, line, signal));
  });
}

/** One seat: a stack of its own, made as `npm run up` makes it. */
async function upSeat(of: Class, seat: RosterSeat, line: SeatLine, signal: AbortSignal): Promise<Outputs> {
  const { workspace } = of;
  line.doing("looking at the stack");
  const breakLocks = () => (workspace.state ? breakDeadLocks(workspace.state, seat.seat) : []);
  return retrying(line, signal, { breakLocks }, async () => {
    const stack = await stackOf(workspace, seat.seat, "create");
    noteBackend(seat.seat);
    await tagSeat(stack, of, seat);
    Object.assign(stack.workspace.envVars, await readyForUp(workspace, seat.seat, (text) => line.log(`${text}\n`)));
    signal.throwIfAborted();
    const { outputs } = await operation(line, signal, (how) => stack.up(how));
    const shown = Object.fromEntries(Object.entries(outputs).flatMap(([name, { value, secret }]) => (secret ? [] : [[name, value]])));
    if (typeof shown.GATEWAY_URL === "string") line.gatewayUrl(shown.GATEWAY_URL);
    return shown;
  });
}

const say: Say = (line) => void process.stderr.write(`${line}\n`);
