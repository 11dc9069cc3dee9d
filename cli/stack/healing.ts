import { onStack } from "../../base/advice";
import { GONE_VMS } from "../../components/cluster/azure/reachable-operations";
import { targetNamed } from "../../components/cluster/targets";
import type { Target } from "../../config";
import { UserError } from "../../base/errors";
import type { Standing } from "../targets/target";

/** What `up --heal` does to the state. */
export interface Healing {
  readonly say: string;
  /** `forget` empties the state without asking the cluster. `refresh` asks for every resource. */
  readonly how: "refresh" | "forget";
  /**
   * Environment for this one refresh only. The first variable would make any refresh empty the state while a cluster
   * is merely switched off.
   */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * @throws UserError where the cluster does not answer and nothing proves that it is gone, because then nothing may be
 * forgotten
 */
export function healingOf(stack: string, targets: readonly Target[], standing: Standing): Healing {
  if (targets.length > 1) {
    const both = targets.join(" and on ");
    throw new UserError(
      `Stack ${stack} has something on ${both}: nothing has been forgotten. \`${onStack(stack, "npm run up")}\` ends the move that was broken off.`,
    );
  }
  if (standing.is === "unknown")
    throw new UserError(
      `Nothing has been forgotten of stack ${stack}: nothing says that its cluster is gone. ${sentence(standing.seen)} ${standing.todo}`,
    );
  if (standing.is === "there") return { say: `Not lost: ${sentence(standing.seen)}`, how: "refresh", env: {} };
  const say = `The cluster of stack ${stack} is gone: ${sentence(standing.evidence)} What was in it is forgotten.`;
  // All that the stack has in an existing cluster was inside that cluster. The kubeconfig in its state no longer
  // reaches anything to ask.
  if (targetNamed(targets[0])?.isSomebodys) return { say, how: "forget", env: {} };
  return {
    say,
    how: "refresh",
    env: { PULUMI_K8S_DELETE_UNREACHABLE: "true", [GONE_VMS]: (standing.goneVms ?? []).join(",") },
  };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;
}
