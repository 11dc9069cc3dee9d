import { targetNamed } from "../../../components/cluster/targets";
import type { Target } from "../../../config";
import { seatStatus } from "../../../embedded";
import { seatFolder } from "../../../base/paths";
import { seatWait } from "../../answering";
import { readyForUp } from "../../stack/ready";
import { noteBackend } from "../../stack/same-backend";
import { breakDeadLocks } from "../../stack/state";
import type { Class, Outcome, Overlay, RosterSeat } from "../model";
import { stackOf } from "../engine";
import { requireClassPreflight } from "../preflight";
import { seatConfig, writeSeatFile } from "../roster/seat-file";
import { backendOf, requireHere } from "./backend";
import { afterKilledRuns, prepareClass, type Say, withClassLock } from "./prepare";
import { operation } from "./operation";
import { overSeats, type OverSeatsOptions, type SeatLine } from "./over-seats";
import { ownSeats, tagSeat } from "./owned";
import { retrying } from "./retry";
import { noteBegun, readFacts, writeFacts } from "./seat-facts";

export type ClassRunOptions = Omit<OverSeatsOptions, "verb">;

/** The stack's outputs, without secrets. */
export type Outputs = Readonly<Record<string, unknown>>;

/**
 * Creates the seats, or updates them. Unchanged seats stay as they are, so calling it again resumes an interrupted run.
 * Each outcome's result is the stack's outputs without secrets.
 * @throws UserError before anything is created, where the class cannot be created
 */
export async function upClass(cls: Class, overlay: Overlay, options: ClassRunOptions): Promise<Outcome<Outputs>[]> {
  const seats = options.seats ?? cls.roster.seats;
  const worked: Class = { ...cls, roster: { ...cls.roster, seats } };
  return withClassLock(cls, async () => {
    // With an engine, ask for the stacks' owners first. Without one, nobody created a stack here yet.
    if (cls.workspace.engine) await requireHere(worked, await ownSeats(worked, "up"));
    await requireClassPreflight(worked, overlay, say);
    const ready = await prepareClass(worked, overlay, say);
    if (!cls.workspace.engine) await requireHere(ready, await ownSeats(ready, "up"));
    await afterKilledRuns(ready, say);
    const backend = await backendOf(ready.workspace);
    for (const seat of seats) {
      noteBegun(ready, seat.seat, backend, seatConfig(cls.roster, seat, overlay).target as Target);
      writeSeatFile(cls.roster, seat, overlay, cls.id);
    }
    return overSeats(ready, { ...options, verb: "up" }, (seat, line, signal) => upSeat(ready, seat, line, signal));
  });
}

/** Brings up one seat as `npm run up` does, and waits until it answers. */
export async function upSeat(cls: Class, seat: RosterSeat, line: SeatLine, signal: AbortSignal): Promise<Outputs> {
  const { workspace } = cls;
  const started = Date.now();
  line.doing("reading the stack");
  const { state, locks = state } = workspace;
  const breakLocks = () => (locks ? breakDeadLocks(locks, seat.seat) : []);
  const made = await retrying(line, signal, { breakLocks }, async () => {
    const stack = await stackOf(workspace, seat.seat, "create");
    noteBackend(seat.seat);
    await tagSeat(stack, cls, seat);
    Object.assign(stack.workspace.envVars, await readyForUp(workspace, seat.seat, (text) => line.log(`${text}\n`)));
    signal.throwIfAborted();
    const { outputs } = await operation(line, signal, (how) => stack.up(how));
    const shown = Object.fromEntries(
      Object.entries(outputs).flatMap(([name, { value, secret }]) => (secret ? [] : [[name, value]])),
    );
    if (typeof shown.GATEWAY_URL === "string") line.gatewayUrl(shown.GATEWAY_URL);
    await noteCreated(cls, seat);
    return shown;
  });
  // Not retried: another `pulumi up` would change nothing.
  const wait = await seatWait(workspace, seat.seat, started);
  await wait?.run((come, total, next) => line.doing(`waiting for answers: ${come} of ${total}, ${next}`), signal);
  const notice = wait?.notice();
  if (notice !== undefined) line.log(`${notice}\n`);
  return made;
}

/**
 * Notes the seat's target. For an embedded seat it notes the generation too: its provider accepts no other one, and a
 * later destroy without a stack recognizes the seat by it.
 */
async function noteCreated(cls: Class, seat: RosterSeat): Promise<void> {
  const { noted, ...facts } = readFacts(cls, seat.seat);
  const target = seatConfig(cls.roster, seat).target as Target;
  const generation = targetNamed(target)?.isNodeHere
    ? (await seatStatus(seatFolder(seat.seat))).seat?.generation
    : undefined;
  if (noted !== undefined)
    writeFacts(cls, seat.seat, {
      ...facts,
      noted: { ...noted, targets: [target] },
      ...(generation !== undefined && { generations: [generation] }),
    });
}

const say: Say = (line) => void process.stderr.write(`${line}\n`);
