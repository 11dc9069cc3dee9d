import pLimit from "p-limit";
import { UserError } from "../../../base/errors";
import { pulumiOutput, type Workspace } from "../../stack/workspace";
import type { RosterSeat } from "../model";
import type { CardOutputs } from "./card";

/** CLI processes at a time: each takes about half a second of a core. */
const AT_ONCE = 4;

/** A seat with what its card is made of, or why there is none. */
export type SeatOutputs = { readonly seat: RosterSeat } & ({ readonly outputs: CardOutputs } | { readonly missing: string });

/** The seats' outputs, as `pulumi stack output` gives them: secrets stay `[secret]`, and are not read. */
export async function readOutputs(workspace: Workspace, seats: readonly RosterSeat[]): Promise<SeatOutputs[]> {
  if (!workspace.engine) throw new UserError("There is no seat to make a card for: the Pulumi engine is not here yet. `class up` gets it and makes the seats.");
  const limit = pLimit(AT_ONCE);
  return Promise.all(seats.map((seat) => limit(async () => ({ seat, ...(await outputsOf(workspace, seat.seat)) }))));
}

async function outputsOf(workspace: Workspace, stack: string): Promise<{ outputs: CardOutputs } | { missing: string }> {
  try {
    return choose(JSON.parse(await pulumiOutput(workspace, ["stack", "output", "--json", "--stack", stack])) as Record<string, unknown>);
  } catch (error) {
    if (error instanceof UserError && /no stack named/i.test(error.message)) return { missing: "it has no stack" };
    throw error;
  }
}

/** The outputs a card shows, of all there are. One that is locked is not shown. */
export function choose(all: Readonly<Record<string, unknown>>): { outputs: CardOutputs } | { missing: string } {
  const open = (value: unknown): value is string => typeof value === "string" && /^https?:/.test(value);
  const { GATEWAY_URL, KIALI_URL, lessons } = all;
  if (GATEWAY_URL === undefined) return { missing: "it is not up" };
  if (!open(GATEWAY_URL)) return { missing: "its GATEWAY_URL is a secret" };
  const urls = Object.entries((lessons ?? {}) as Record<string, unknown>).filter((entry): entry is [string, string] => open(entry[1]));
  return { outputs: { GATEWAY_URL, ...(open(KIALI_URL) && { KIALI_URL }), lessons: Object.fromEntries(urls) } };
}
