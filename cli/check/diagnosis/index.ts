import type { Failure, Hint } from "../result";
import { choose, nearby } from "./choose";
import type { Finding } from "./finding";
import { rules } from "./rules";
import { takeSnapshot, type Snapshot, type SnapshotSource } from "./snapshot";
import { unknownCause, unlookedCause } from "./unknown";

export { mendOf } from "./mend";

/**
 * A hint for each failed check, from what is on the seat now and what the stack's state says of it. It reads only, and only where something failed.
 * What was measured is not lost where the seat, or the state, cannot be read: each hint then says why.
 */
export async function hints(failures: readonly Failure[], { sourceOf, mend }: { sourceOf: () => Promise<Omit<SnapshotSource, "mend">>; mend: string }): Promise<Map<Failure, Hint>> {
  if (failures.length === 0) return new Map();
  let snapshot: Snapshot;
  try {
    snapshot = await takeSnapshot({ ...(await sourceOf()), mend });
  } catch (error) {
    if (error instanceof TypeError) throw error;
    return new Map(failures.map((failure) => [failure, unlookedCause(failure, error instanceof Error ? error.message : String(error), mend)]));
  }
  return diagnose(failures, snapshot);
}

/** The same from a snapshot: pure. */
export function diagnose(failures: readonly Failure[], snapshot: Snapshot): Map<Failure, Hint> {
  const findings = rules.flatMap((rule) => rule(snapshot));
  return new Map(failures.map((failure) => [failure, hintFor(failure, findings, snapshot)]));
}

function hintFor(failure: Failure, findings: readonly Finding[], snapshot: Snapshot): Hint {
  const { about } = failure.check;
  const found = choose(about, findings);
  if (found) return hintOf(found);
  const other = nearby(about, findings);
  if (other) return { ...hintOf(other), cause: `Nothing about ${about.services.join(", ") || "this check"} itself was found wrong, but in its namespace: ${other.cause}` };
  return unknownCause(failure, snapshot.mend);
}

function hintOf({ cause, look, fix }: Finding): Hint {
  return { cause, look, fix };
}
