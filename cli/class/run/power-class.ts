import pLimit from "p-limit";
import type { CheckReport } from "../../check";
import { UserError } from "../../../base/errors";
import { seatWait } from "../../answering";
import { exportStack } from "../../stack/stack";
import { holderOf } from "../../stack/state";
import { targetOfState } from "../../stack/target-of-state";
import { commandsFor } from "../../targets";
import type { PoweredSeat, TargetPower } from "../../targets/power";
import { checkSeat } from "../check/check-class";
import { seatReports, type SeatReport } from "../check/report";
import type { Class, Outcome, RosterSeat } from "../model";
import { seatFileSettings } from "../roster/validate";
import { SeatTrouble } from "./outcome";
import { overSeats, type OverSeatsOptions } from "./over-seats";
import { ownSeats } from "./owned";
import { withClassLock } from "./prepare";
import { upSeat } from "./up-class";

type RunOptions = Omit<OverSeatsOptions, "verb">;

/** A seat of the class with what turns it off and on. */
interface Powered extends PoweredSeat {
  readonly power: TargetPower;
}

/**
 * Turns the machines of all seats off. Run it again to continue an interrupted run.
 * @returns each seat's outcome, and sentences about what the stopped seats go on costing
 * @throws UserError before anything is stopped, where a seat's cluster is somebody else's
 */
export async function stopClass(
  cls: Class,
  options: RunOptions,
): Promise<{ outcomes: Outcome<string>[]; cost: string[] }> {
  return withClassLock(cls, async () => {
    const seats = await poweredSeats(cls);
    const outcomes = await overSeats(cls, { ...options, verb: "stop" }, async (seat, line) => {
      const of = await required(cls, seats, seat);
      line.doing("stopping");
      const said = await of.power.stop(of, line.doing);
      line.doing(said);
      return said;
    });
    const stopped = outcomes.flatMap(({ status, seat }) => (status === "done" ? [seats.get(seat.seat)!] : []));
    return { outcomes, cost: costOf(stopped) };
  });
}

/**
 * Turns the machines of all seats on again in the roster's order, waits until each seat answers, and checks it.
 * @throws UserError before anything is started, where a seat's cluster is somebody else's
 */
export async function startClass(
  cls: Class,
  options: RunOptions,
): Promise<{ seats: SeatReport[]; outcomes: Outcome[] }> {
  const reports = new Map<string, CheckReport>();
  return withClassLock(cls, async () => {
    const seats = await poweredSeats(cls);
    const outcomes = await overSeats(cls, { ...options, verb: "start" }, async (seat, line, signal) => {
      const since = Date.now();
      const of = await required(cls, seats, seat);
      line.doing("starting");
      if (of.power.start === undefined) await upSeat(cls, seat, line, signal);
      else {
        line.doing(await of.power.start(of, line.doing));
        const wait = await seatWait(cls.workspace, seat.seat, since);
        await wait?.run((come, total, next) => line.doing(`waiting for answers: ${come} of ${total}, ${next}`), signal);
      }
      signal.throwIfAborted();
      await checkSeat(seat.seat, undefined, reports, line, signal);
    });
    return { seats: seatReports(outcomes, reports), outcomes };
  });
}

/** The class' own seats that have machines of their own. @throws UserError that names those that have none */
async function poweredSeats(cls: Class): Promise<Map<string, Powered>> {
  const { workspace, roster } = cls;
  const there = await ownSeats(cls, "up");
  const limit = pLimit(4);
  const made = await Promise.all(
    roster.seats
      .filter(({ seat }) => there.has(seat))
      .map((seat) =>
        limit(async () => {
          const state = await exportStack(workspace, seat.seat);
          const target = targetOfState(state);
          return { seat, state, target, power: target && commandsFor(target).power?.() };
        }),
      ),
  );
  const others = made.filter(({ target, power }) => target !== undefined && power === undefined);
  if (others.length > 0)
    throw new UserError(
      `Not the lab's to turn off or on: ${others.map(({ seat, target }) => `${seat.seat} (target ${target})`).join(", ")}. Their clusters are somebody's own. Leave these seats out by --only. Nothing was done.`,
    );
  return new Map(
    made.flatMap(({ seat, state, power }) =>
      power === undefined
        ? []
        : [[seat.seat, { stack: seat.seat, state, power, settings: seatFileSettings(roster, seat).settings }]],
    ),
  );
}

/** @throws SeatTrouble where the seat was not made, or another process works on it */
async function required(
  { workspace }: Class,
  seats: ReadonlyMap<string, Powered>,
  { seat }: RosterSeat,
): Promise<Powered> {
  const found = seats.get(seat);
  if (found === undefined) throw new SeatTrouble("not made; `class up` makes it");
  const holder = workspace.state ? holderOf(workspace.state, seat) : undefined;
  if (holder !== undefined) throw new SeatTrouble(`process ${holder} works on it`);
  return found;
}

function costOf(seats: readonly Powered[]): string[] {
  const targets = [...new Set(seats.map(({ state }) => targetOfState(state)!))];
  return targets.flatMap((target) => {
    const own = seats.filter(({ state }) => targetOfState(state) === target);
    return own[0]!.power.cost?.(own) ?? [];
  });
}
