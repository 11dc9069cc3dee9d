import { onStack } from "../../base/advice";
import type { Finding } from "../../components/cluster/finding";
import type { Settings } from "../../config";
import type { Deployment } from "../stack/stack";
import type { Workspace } from "../stack/workspace";

export type { Finding };

/** Input of a target's `findings(context)`. The stack exists, and its config is valid. */
export interface PreflightContext {
  readonly stack: string;
  /** The stack's config as the program gets it. */
  readonly settings: Settings;
  readonly workspace: Workspace;
  /** What the stack has already. */
  readonly state: Deployment;
}

/** Adds the stack to every command in the finding. The functions that judge a machine do not know the stack. */
export function nameStack(finding: Finding, stack: string): Finding {
  const { seen, todo } = finding;
  return { ...finding, seen: onStack(stack, seen), ...(todo !== undefined && { todo: onStack(stack, todo) }) };
}
