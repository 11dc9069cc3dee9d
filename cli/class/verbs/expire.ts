import * as fs from "node:fs";
import { configFile } from "../../stack/stack";
import { besideResult, saying } from "../../terminal/say";
import type { Class, Roster, RosterSeat } from "../model";
import { openClass } from "../open";
import { backendOf, elsewhereLines } from "../run/backend";
import { destroyClass } from "../run/destroy-class";
import { type ManyOptions, runOptionsOf } from "../run/options";
import { exitCodeOf } from "../run/outcome";
import { EXPIRES_TAG, ownSeats, stacksOfClass, tagOf } from "../run/owned";
import { withEngine } from "../run/prepare";
import { destroyJson, destroyText } from "./destroy";

export interface ExpireOptions extends ManyOptions {
  dryRun?: boolean;
  json?: boolean;
}

/** `class expire`: destroys the expired seats without asking, so that a cron job can run it. */
export async function expire(options: ExpireOptions): Promise<void> {
  const cls = await withEngine(openClass(options, "any"));
  const there = await ownSeats(cls, "delete");
  const { stacks, unsure } = await stacksThere(cls, options.only);
  const plan = expiryPlan(cls.roster, stacks, new Date());
  const say = saying(besideResult(options.json));
  const elsewhere = await elsewhereLines(cls, there);
  [
    ...elsewhere,
    ...unsure,
    ...planLines(plan, options.dryRun === true),
    ...(stacks.length === 0
      ? [`Backend ${await backendOf(cls.workspace)} has no stack of class ${cls.roster.name} (${cls.id}).`]
      : []),
  ].forEach(say);
  // For a stack in another backend, nobody knows whether the seat has expired.
  if (elsewhere.length > 0) process.exitCode = 1;
  if (options.dryRun || plan.due.length === 0) {
    const due = plan.due.map(({ seat, expires }) => ({ seat, expires }));
    if (options.json)
      process.stdout.write(
        `${JSON.stringify({ class: cls.roster.name, verb: "expire", due, kept: plan.kept, seats: [] }, null, 2)}\n`,
      );
    return;
  }
  const outcomes = await destroyClass(cls, { ...runOptionsOf(cls, options), seats: plan.due });
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ ...destroyJson(cls, outcomes), verb: "expire", kept: plan.kept }, null, 2)}\n`
      : `${destroyText(outcomes)}\n`,
  );
  process.exitCode = exitCodeOf(outcomes) || (elsewhere.length > 0 ? 1 : 0);
}

/**
 * Returns the class' stacks; with `--only` just those, which the roster must have. Also returns a line for each stack
 * that left the roster and has only the class' name.
 */
async function stacksThere(
  cls: Class,
  only: readonly string[] | undefined,
): Promise<{ stacks: ClassStack[]; unsure: string[] }> {
  const { own, nameOnly } = await stacksOfClass(cls);
  const isWanted = (name: string) => only === undefined || only.includes(name);
  const listed = (name: string) => cls.roster.seats.some(({ seat }) => seat === name);
  // `ownSeats` has checked the roster's own seats already.
  const wanted = [...own, ...nameOnly.filter(listed)].filter(isWanted);
  const unsure = nameOnly
    .filter((name) => isWanted(name) && !listed(name))
    .map(
      (name) =>
        `stays: ${name}: it has the name of class ${cls.roster.name} without a class id, and is not in the roster, so its owner is unknown`,
    );
  const stacks = await Promise.all(
    wanted.map(async (name) => {
      // For the roster's seats, the roster has the expiry.
      const expires = cls.roster.seats.some(({ seat }) => seat === name)
        ? undefined
        : await tagOf(cls.workspace, name, EXPIRES_TAG);
      return { name, ...(expires !== undefined && { expires }), hasFile: fs.existsSync(configFile(name)) };
    }),
  );
  return { stacks, unsure };
}

function planLines({ due, kept }: ExpiryPlan, isDry: boolean): string[] {
  return [
    ...kept.map(({ seat, why }) => `stays: ${seat}: ${why}`),
    ...due.map(
      ({ seat, trainee, expires }) =>
        `${isDry ? "would go" : "goes"}: ${seat} (${trainee}), expired at ${expires!.toISOString()}`,
    ),
    ...(due.length === 0
      ? [`No seat has expired; ${kept.length} ${kept.length === 1 ? "stack was" : "stacks were"} asked.`]
      : []),
  ];
}

/** A stack that is marked as a seat of the class. */
export interface ClassStack {
  readonly name: string;
  /** The expiry in its tag, which is the roster's at its last `up`. */
  readonly expires?: string;
  /** Whether its stack file is here. Only the file tells where the seat is. */
  readonly hasFile: boolean;
}

export interface ExpiryPlan {
  /** Existing seats whose time is over. */
  readonly due: readonly RosterSeat[];
  /** Existing seats that stay, each with the reason. */
  readonly kept: readonly { readonly seat: string; readonly why: string }[];
}

/**
 * Decides which seats `class expire` destroys. For seats of the roster, the roster's expiry counts, so extensions take
 * effect. For a seat that left the roster, its tag counts. Seats without expiry stay; seats that do not exist are
 * skipped.
 */
export function expiryPlan(roster: Pick<Roster, "seats">, stacks: readonly ClassStack[], now: Date): ExpiryPlan {
  const due: RosterSeat[] = [];
  const kept: { seat: string; why: string }[] = [];
  for (const stack of stacks) {
    const listed = roster.seats.find(({ seat }) => seat === stack.name);
    const seat = listed ?? leftSeat(stack);
    const left = listed === undefined ? "no longer in the roster; " : "";
    if (seat.expires === undefined) kept.push({ seat: seat.seat, why: `${left}has no expiry` });
    else if (seat.expires > now) kept.push({ seat: seat.seat, why: `${left}until ${seat.expires.toISOString()}` });
    else if (listed === undefined && !stack.hasFile)
      kept.push({
        seat: seat.seat,
        why: `${left}expired, but its Pulumi.${seat.seat}.yaml is missing: the seat's target is unknown`,
      });
    else due.push(seat);
  }
  return { due, kept };
}

/** A seat that left the roster, by its stack's tags. An invalid time counts as none. */
function leftSeat({ name, expires }: ClassStack): RosterSeat {
  const time = expires === undefined ? undefined : new Date(expires);
  const isTime = time !== undefined && !Number.isNaN(time.getTime());
  return {
    seat: name,
    trainee: "(no longer in the roster)",
    ...(isTime && { expires: time }),
    config: {},
    at: "no line of the roster",
  };
}
