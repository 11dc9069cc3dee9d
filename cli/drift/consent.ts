import { UserError } from "../../base/errors";
import { ask, askFor } from "../terminal/ask";
import type { SeatDrift } from "./model";
import { patchOf } from "./put-back";

/** What the user agreed to by flags. */
export interface Consent {
  /** Answers only the plain question. */
  readonly yes?: boolean;
  /** Also delete what was added in a namespace that existed before the seat. */
  readonly takeAdded?: boolean;
  /** Delete no added objects. */
  readonly leaveAdded?: boolean;
  /** Names of PersistentVolumeClaims that may be deleted with their data. */
  readonly deleteClaim?: readonly string[];
}

/** Deletions that need more than a plain yes. */
export interface AtStake {
  /** Objects in namespaces that existed before the seat, which may belong to others. The user can keep `added`. */
  readonly foreign: { readonly added: readonly string[]; readonly anew: readonly string[] };
  /** Names of claims that would be deleted. The user can keep `added`. */
  readonly claims: { readonly added: readonly string[]; readonly remade: readonly string[] };
}

export function atStake({ changed, added, shared }: SeatDrift): AtStake {
  const inShared = (one: { readonly namespace: string }) => shared.includes(one.namespace);
  return {
    foreign: {
      added: added.filter(inShared).map(({ object }) => object),
      anew: changed.filter((one) => one.anew && inShared(one)).map(({ object }) => object),
    },
    // Most fields of a claim are immutable. A change beyond its own labels or annotations means deleting and recreating
    // it.
    claims: {
      added: added.flatMap(({ claim }) => claim ?? []),
      remade: changed.flatMap((one) => (one.claim !== undefined && (one.anew || !isStripped(one)) ? one.claim : [])),
    },
  };
}

function isStripped({ fields }: SeatDrift["changed"][number]): boolean {
  return fields.every(({ before }) => before === undefined) && patchOf({ fields }) !== undefined;
}

/**
 * Asks for consent to every deletion. `--yes` covers only the program's own objects, and objects added in its own
 * namespaces.
 * @throws UserError that names what needs consent, before anything is done; `again` is the typed command
 */
export async function requireConsent(
  drift: SeatDrift,
  consent: Consent,
  again: string,
  asking = { ask, askFor, canAsk: process.stdin.isTTY === true },
): Promise<void> {
  if (consent.takeAdded && consent.leaveAdded)
    throw new UserError(
      "--take-added and --leave-added exclude each other: what was added either goes or stays. Nothing has been done.",
    );
  if (!consent.leaveAdded && drift.notAsked.length > 0) {
    throw new UserError(
      `Nothing has been done. What was added is unknown: ${drift.notAsked.map(({ what, why }) => `${what} could not be listed (${why})`).join("; ")}. ` +
        `To restore only the lesson's own objects: ${again} --leave-added`,
    );
  }
  const { foreign, claims } = atStake(drift);
  const others = consent.takeAdded ? [] : [...(consent.leaveAdded ? [] : foreign.added), ...foreign.anew];
  const unnamed = [...(consent.leaveAdded ? [] : claims.added), ...claims.remade].filter(
    (name) => !consent.deleteClaim?.includes(name),
  );
  if (!asking.canAsk && others.length + unnamed.length > 0)
    throw new UserError(refusal(others, unnamed, again, foreign.anew.length + claims.remade.length === 0));
  if (!consent.yes && !(await asking.ask("Restore it?"))) throw new UserError("Nothing has been done.");
  if (
    others.length > 0 &&
    !(await asking.askFor(
      `${others.join(", ")}: in a namespace that existed before the seat, and perhaps somebody else's. Type yes to delete them too:`,
      "yes",
    ))
  )
    throw new UserError(kept(others));
  for (const name of unnamed) {
    if (!(await asking.askFor(`Claim ${name} is deleted with its data. Type its name:`, name)))
      throw new UserError(kept([`claim ${name}`]));
  }
}

function refusal(others: readonly string[], claims: readonly string[], again: string, canLeave: boolean): string {
  return [
    "Nothing has been done.",
    ...(others.length > 0
      ? [
          `In a namespace that existed before the seat, and perhaps somebody else's: ${others.join(", ")}. --take-added deletes them too.`,
        ]
      : []),
    ...(claims.length > 0
      ? [`Claims hold data, so each must be named: ${claims.map((name) => `--delete-claim ${name}`).join(" ")}.`]
      : []),
    ...(canLeave ? [`To keep everything that was added: ${again} --leave-added`] : []),
  ].join("\n");
}

function kept(objects: readonly string[]): string {
  return `Nothing has been done: ${objects.join(", ")} would have been deleted. With --leave-added everything that was added stays.`;
}
