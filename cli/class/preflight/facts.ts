import * as os from "node:os";
import pLimit from "p-limit";
import type { Settings } from "../../../config";
import type { Finding } from "../../preflight/finding";
import { ownSeat, type OwnSeat } from "../../preflight/own-seat";
import { type Deployment, exportStack, listStacks } from "../../stack/stack";
import type { Workspace } from "../../stack/workspace";
import { commandsFor } from "../../targets";
import { machinesOf, type OwnMachine } from "../../targets/azure/machines";
import type { Class, Overlay, RosterSeat } from "../model";
import { seatFileSettings } from "../roster/validate";

/** A seat of the class, and what already exists of it. */
export interface PreflightSeat {
  readonly seat: RosterSeat;
  /** Its config without locked secrets. */
  readonly settings: Settings;
  /** Paths of its locked secrets. */
  readonly locked: readonly string[];
  /** Its machine exists, so it needs no additional room. */
  readonly there: boolean;
  /** Its VMs, on azure. */
  readonly machines: readonly OwnMachine[];
  /** What it has created in an existing cluster. */
  readonly own: OwnSeat;
}

/** Reads what is known of the class' seats: from their config, this machine and their state. */
export async function factsOf(
  { roster, workspace }: Pick<Class, "roster" | "workspace">,
  overlay: Overlay = {},
): Promise<PreflightSeat[]> {
  const stacks = await stacksOf(workspace);
  const limit = pLimit(os.availableParallelism());
  return Promise.all(
    roster.seats.map((seat) =>
      limit(async () => {
        const { settings, locked } = seatFileSettings(roster, seat, overlay);
        const { isHere } = commandsFor(settings.target);
        const state: Deployment =
          isHere === undefined && stacks.has(seat.seat)
            ? await exportStack(workspace, seat.seat)
            : { resources: [], pending: 0 };
        const machines = machinesOf(state);
        const own = ownSeat(state);
        return {
          seat,
          settings,
          locked,
          machines,
          own,
          there:
            machines.length > 0 ||
            own.cluster !== undefined ||
            (isHere !== undefined && (await isHere(seat.seat, settings))),
        };
      }),
    ),
  );
}

/** The existing stacks. Without an engine, nobody has created one here. */
async function stacksOf(workspace: Workspace): Promise<Set<string>> {
  if (workspace.engine === undefined) return new Set();
  return new Set((await listStacks(workspace)).map(({ name }) => name));
}

/** Notes on the roster's people, before anything is created. */
export function peopleFindings(seats: readonly Pick<PreflightSeat, "seat" | "there">[], now = new Date()): Finding[] {
  return [...expiryFindings(seats, now), ...mailFindings(seats)];
}

function expiryFindings(seats: readonly Pick<PreflightSeat, "seat" | "there">[], now: Date): Finding[] {
  const name = "expiry";
  const past = seats.filter(({ seat }) => seat.expires !== undefined && seat.expires <= now);
  const never = seats.filter(({ seat }) => seat.expires === undefined);
  const text = (of: typeof seats) => of.map(({ seat }) => `${seat.seat} (${seat.at})`).join(", ");
  const fresh = past.filter(({ there }) => !there);
  return [
    ...(fresh.length > 0
      ? [
          {
            name,
            status: "refused",
            seen: `has already passed, and the seat does not exist yet: ${text(fresh)}`,
            todo: "give a later one, or remove the seats from the roster",
          } as const,
        ]
      : []),
    ...(past.length > fresh.length
      ? [
          {
            name,
            status: "notice",
            seen: `has already passed: ${text(past.filter(({ there }) => there))}`,
            todo: "`class expire` destroys these seats",
          } as const,
        ]
      : []),
    ...(past.length === 0 && never.length < seats.length
      ? [
          {
            name,
            status: "ok",
            seen: `${seats.length - never.length} of ${seats.length} seats have one${never.length > 0 ? "; `class expire` never destroys the others" : ""}`,
          } as const,
        ]
      : []),
    ...(never.length === seats.length
      ? [
          {
            name,
            status: "notice",
            seen: "no seat has one: `class expire` destroys none, and each stays until `class destroy`",
          } as const,
        ]
      : []),
  ];
}

/** Two seats with one address: a copied line, or a person with two seats. */
function mailFindings(seats: readonly Pick<PreflightSeat, "seat">[]): Finding[] {
  const byMail = new Map<string, string[]>();
  for (const { seat } of seats)
    if (seat.email !== undefined)
      byMail.set(seat.email.toLowerCase(), [...(byMail.get(seat.email.toLowerCase()) ?? []), seat.seat]);
  const twice = [...byMail.values()].filter((seats) => seats.length > 1);
  return twice.length === 0
    ? []
    : [
        {
          name: "e-mail",
          status: "notice",
          seen: `the same for ${twice.map((seats) => seats.join(" and ")).join("; for ")}`,
        },
      ];
}
