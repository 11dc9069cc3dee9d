import type { Failure, Hint } from "../result";
import { choose, nearby } from "./choose";
import type { Finding } from "./finding";
import { rules } from "./rules";
import { takeSnapshot, type Snapshot, type SnapshotSource } from "./snapshot";
import { unknownCause } from "./unknown";

export { mendOf } from "./mend";

/** A hint for each failed check, from what is on the seat now and what the stack's state says of it. It reads only. */
export async function hints(failures: readonly Failure[], source: SnapshotSource): Promise<Map<Failure, Hint>> {
  return failures.length === 0 ? new Map() : diagnose(failures, await takeSnapshot(source));
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
