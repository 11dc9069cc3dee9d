import { UserError } from "../../../base/errors";
import { type Consent, requireConsent } from "../../drift/consent";
import type { SeatDrift } from "../../drift/model";
import { counted } from "../../drift/text";
import { programChanges } from "../../preview/program";
import {
  doneText,
  emptyText,
  isEmpty,
  type Plan,
  planLines,
  programLines,
  readRepair,
  type RepairWish,
} from "../../repair";
import { onStack } from "../../../base/advice";
import { readStack } from "../../seat/stack-outputs";
import type { Outcome, RosterSeat } from "../model";
import { openClass } from "../open";
import { repairOf } from "../repair";
import { concurrencyOf, type ManyOptions } from "../run/options";
import { overSeats } from "../run/over-seats";
import { ownSeats } from "../run/owned";
import { afterKilledRuns, withClassLock } from "../run/prepare";

export interface RepairOptions extends ManyOptions, Consent {
  /** Only this lesson of each. */
  lesson?: string;
  /** Only show what would be done. */
  dryRun?: boolean;
  /** The name under which it was typed. */
  verb?: "repair" | "reset";
}

interface Found {
  readonly wish: RepairWish;
  readonly plan: Plan;
  readonly drift: SeatDrift;
  /** What only `up` can restore, because the state does not have it. */
  readonly program: readonly string[];
}

/**
 * `class repair`: puts the seats of a class back as they were made. Shows what each one needs, asks once, does it, and
 * looks again.
 */
export async function repair({ lesson, ...options }: RepairOptions): Promise<void> {
  const { leaveAdded, verb = "repair" } = options;
  const cls = openClass(options);
  await ownSeats(cls, "delete");
  const running = { concurrency: concurrencyOf(cls, options.concurrency), failFast: options.failFast };
  const looks = await overSeats(cls, { verb, ...running }, async ({ seat }, line, signal): Promise<Found> => {
    line.doing("looking at its objects");
    const wish = {
      seat: await readStack(seat),
      ...(lesson !== undefined && { lesson }),
      ...(leaveAdded && { leaveAdded }),
    };
    const { plan, drift, namespace } = await readRepair(wish);
    line.doing("asking what the program would change");
    const changes = await programChanges(wish.seat.workspace, seat, signal);
    const program = programLines(seat, changes, namespace);
    line.doing(isEmpty(plan) ? "nothing to repair" : "to be repaired");
    return { wish, plan, drift, program };
  });
  const found = looks.flatMap((look) => (look.status === "done" ? [look] : []));
  const broken = found.filter(({ result }) => !isEmpty(result.plan));
  for (const { seat, result } of found) say(textOf(seat, lesson, result));
  const silent = looks.filter(({ status }) => status !== "done");
  for (const look of silent) say(`${look.seat.seat}: unknown: ${troubleOf(look)}`);
  const isUnknown = found.some(
    ({ result: { plan, drift, program } }) =>
      program.length > 0 || (isEmpty(plan) && !leaveAdded && drift.notAsked.length > 0),
  );
  if (silent.length > 0 || isUnknown) process.exitCode = 1;
  if (broken.length === 0 || options.dryRun) return;
  const again = commandOf(verb, lesson, options);
  await requireConsent(together(broken.map(({ result }) => result.drift)), options, again);

  await withClassLock(cls, async () => {
    await afterKilledRuns(cls, say);
    const seats = broken.map(({ seat }) => seat);
    const outcomes = await overSeats(cls, { verb, ...running, seats }, (seat, line, signal) => {
      const { wish, plan } = broken.find((one) => one.seat === seat)!.result;
      return repairOf(cls, wish, plan, line, signal);
    });
    const failed = outcomes.filter(({ status }) => status !== "done");
    for (const outcome of outcomes)
      if (outcome.status === "done")
        say(doneText(titleOf(outcome.seat, lesson), ...leftOf(broken, outcome.seat, leaveAdded)));
    if (failed.length > 0)
      throw new UserError(
        [
          ...failed.map((outcome) => `${titleOf(outcome.seat, lesson)} is not restored: ${troubleOf(outcome)}`),
          "Run the same command again: it restores what is left.",
        ].join("\n"),
      );
  });
}

/** How much of what was added stays, and what only `up` can restore. */
function leftOf(
  found: readonly { readonly seat: RosterSeat; readonly result: Found }[],
  seat: RosterSeat,
  leaveAdded: boolean | undefined,
): [number, readonly string[]] {
  const result = found.find((one) => one.seat === seat)?.result;
  return [leaveAdded ? (result?.drift.added.length ?? 0) : 0, result?.program ?? []];
}

function textOf(seat: RosterSeat, lesson: string | undefined, { plan, drift, program }: Found): string {
  const title = titleOf(seat, lesson);
  const unclear =
    drift.unclear.length === 0
      ? []
      : [`  ${counted(drift.unclear.length, "object")} (?) may have existed before the seat: kept.`];
  const lines = planLines(plan).map((line) => `  ${onStack(seat.seat, line)}`);
  return [
    isEmpty(plan) ? emptyText(title, drift, plan, program) : `${title} differs from what was made:`,
    ...lines,
    ...drift.notAsked.map(({ what, why }) => `  ? ${what} could not be listed: ${why}`),
    ...unclear,
    ...program.map((line) => `  ${line}`),
  ].join("\n");
}

function titleOf({ seat }: RosterSeat, lesson: string | undefined): string {
  return lesson === undefined ? `Seat ${seat}` : `Lesson ${lesson} of seat ${seat}`;
}

function troubleOf(outcome: Outcome<unknown>): string {
  return outcome.status === "failed"
    ? `${outcome.trouble}${outcome.log === undefined ? "" : ` (${outcome.log})`}`
    : outcome.status;
}

/** What all seats would lose, for one question. */
function together(drifts: readonly SeatDrift[]): SeatDrift {
  return {
    changed: drifts.flatMap(({ changed }) => changed),
    missing: drifts.flatMap(({ missing }) => missing),
    added: drifts.flatMap(({ added }) => added),
    unclear: drifts.flatMap(({ unclear }) => unclear),
    notAsked: drifts.flatMap(({ notAsked }) => notAsked),
    shared: [...new Set(drifts.flatMap(({ shared }) => shared))],
  };
}

/** The typed command with `--yes`, for messages where nobody can be asked. */
function commandOf(
  verb: "repair" | "reset",
  lesson: string | undefined,
  { roster, from, only }: RepairOptions,
): string {
  return [
    `npm run class -- ${verb} --roster ${quoted(roster)}`,
    ...(from === undefined ? [] : [`--from ${quoted(from)}`]),
    ...(only === undefined ? [] : [`--${verb === "reset" ? "seat" : "only"} ${only.join(" ")}`]),
    ...(lesson === undefined ? [] : [`--lesson ${lesson}`]),
    "--yes",
  ].join(" ");
}

function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
