import type { Deployment } from "../../stack/stack";
import type { Workspace } from "../../stack/workspace";
import type { Query } from "./proof";

/**
 * What to ask for after a destroy. It is noted before it, because the state with the names is deleted. The file stays
 * until the proof is clean, and has no secrets.
 */
export type Facts = Readonly<Record<string, unknown>>;

export interface ProofContext {
  readonly stack: string;
  readonly workspace: Workspace;
  /** The stack's config: key without namespace → text. */
  readonly config: Readonly<Record<string, string>>;
  /** Paths of the config's secrets, which nothing here reads. */
  readonly locked?: readonly string[];
}

/** What a target can be asked for. */
export interface TargetProof {
  /** Returns what must be noted, from the stack's state. */
  facts(context: ProofContext, before: Deployment): Promise<Facts>;
  /** Asks for each thing that a seat has on this target. `facts` are notes, perhaps of an earlier run. */
  queries(context: ProofContext, facts: Facts): Promise<Query[]>;
}

/** The config's value of a key that holds an object; empty where it has none. */
export function objectOf({ config }: Pick<ProofContext, "config">, key: string): Readonly<Record<string, unknown>> {
  const text = config[key];
  return text === undefined ? {} : (JSON.parse(text) as Record<string, unknown>);
}
