import { onStack } from "../../base/advice";
import { UserError } from "../../base/errors";
import { GONE_VMS } from "../../components/cluster/azure/reachable-operations";
import { targetNamed } from "../../components/cluster/targets";
import type { Target } from "../../config";
import { requirePreflight } from "../preflight/run";
import { clusterStatusOf } from "../targets/cluster-status";
import type { ClusterStatus } from "../targets/target";
import { runEngine } from "../terminal/ending/in-terminal";
import { lostCluster } from "./later";
import { type Deployment, exportStack } from "./stack";
import { targetsOfState } from "./target-of-state";
import type { Workspace } from "./workspace";

/**
 * `up --heal`: empties the state of what a lost cluster had, or drops what a reachable cluster has lost. It requires
 * evidence that a cluster is lost, and shows it before it changes anything.
 *
 * @returns the change of the state, to be run once the calling run is sure to continue
 * @throws UserError where the cluster does not answer and nothing proves that it is gone
 */
export async function heal(
  workspace: Workspace,
  stack: string,
  say: (line: string) => void,
): Promise<() => Promise<void>> {
  const state = await exportStack(workspace, stack, "with secrets");
  if (state.resources.length === 0) return async () => undefined;
  const healing = healingOf(stack, targetsOfState(state), await clusterStatusOf(workspace, stack, state));
  say(healing.say);
  const isLost = healing.how === "forget" || Object.keys(healing.env).length > 0;
  // Whatever would refuse the new seat must refuse it before the state is changed.
  await requirePreflight(workspace, stack, () => undefined, isLost ? nothing : undefined);
  if (healing.how === "forget") return async () => say(await lostCluster().forget(workspace, stack));
  return () => refresh(workspace, stack, healing.env);
}

const nothing: Deployment = { resources: [], pending: 0 };

async function refresh(workspace: Workspace, stack: string, env: Readonly<Record<string, string>>): Promise<void> {
  const code = await runEngine(
    ["refresh", "--yes", "--skip-preview", "--skip-pending-creates", "--suppress-outputs", "--stack", stack],
    { ...workspace.env, ...env },
    { again: `\`${onStack(stack, "npm run up -- --heal")}\` asks again.` },
  );
  if (code !== 0)
    throw new UserError(
      `Refreshing stack ${stack} failed, so its losses are unknown: pulumi's message is above. \`${onStack(stack, "npm run up -- --heal")}\` asks again.`,
    );
}

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
export function healingOf(stack: string, targets: readonly Target[], status: ClusterStatus): Healing {
  if (targets.length > 1) {
    const both = targets.join(" and on ");
    throw new UserError(
      `Stack ${stack} has resources on ${both}. Nothing has been forgotten. \`${onStack(stack, "npm run up")}\` completes the interrupted move.`,
    );
  }
  if (status.is === "unknown")
    throw new UserError(
      `Nothing of stack ${stack} has been forgotten, because nothing proves that its cluster is gone. ${sentence(status.seen)} ${status.todo}`,
    );
  if (status.is === "there") return { say: `Not lost: ${sentence(status.seen)}`, how: "refresh", env: {} };
  const say = `The cluster of stack ${stack} is gone: ${sentence(status.evidence)} The state forgets what was in it.`;
  // All that the stack has in an existing cluster was inside that cluster. The kubeconfig in its state no longer
  // reaches anything to ask.
  if (targetNamed(targets[0])?.isSomebodys) return { say, how: "forget", env: {} };
  return {
    say,
    how: "refresh",
    env: { PULUMI_K8S_DELETE_UNREACHABLE: "true", [GONE_VMS]: (status.goneVms ?? []).join(",") },
  };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;
}
