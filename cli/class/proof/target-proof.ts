import type { Target } from "../../../config";
import type { Deployment } from "../../stack/stack";
import { commandsFor } from "../../targets";
import type { Workspace } from "../../stack/workspace";
import type { Query } from "./proof";

/** What is asked for after a destroy, noted before it, because the state that knows the names goes with it. Kept as a file until the proof is clean: no secrets. */
export type Facts = Readonly<Record<string, unknown>>;

export interface ProofContext {
  readonly stack: string;
  readonly workspace: Workspace;
  /** The stack's config: key without namespace → text. */
  readonly config: Readonly<Record<string, string>>;
  /** Paths of the secrets that the config has, which nobody reads here. */
  readonly locked?: readonly string[];
}

/** What a target can be asked for. */
export interface TargetProof {
  /** What has to be noted, by the stack's state. */
  facts(context: ProofContext, before: Deployment): Promise<Facts>;
  /** Asks for each thing that a seat has on this target. `facts` are what was noted, also by an earlier run. */
  queries(context: ProofContext, facts: Facts): Promise<Query[]>;
}

export function proofOf(target: Target): TargetProof {
  return commandsFor(target).proof();
}

/** What the config says of a key whose value is an object; empty where it says nothing. */
export function objectOf({ config }: Pick<ProofContext, "config">, key: string): Readonly<Record<string, unknown>> {
  const text = config[key];
  return text === undefined ? {} : (JSON.parse(text) as Record<string, unknown>);
}
