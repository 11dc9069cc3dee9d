import { targets, targetNamed } from "../../components/cluster/targets";
import type { Target } from "../../config";
import { removeKubeconfig } from "./kubeconfig";
import { lostCluster, settling } from "./later";
import type { LeavingOptions } from "../targets/existing/lost-cluster";
import { requirePreflight } from "../preflight/run";
import { halfMadeSeat } from "./recovery";
import { exportStack, seatFolderOf, type Deployment } from "./stack";
import { clearRemains } from "./remains";
import { isInSomebodysCluster } from "./target-of-state";
import { forgetBackend } from "./same-backend";
import { requireTarget } from "../targets";
import type { Workspace } from "./workspace";

/**
 * What comes before `pulumi up` of a stack that exists: puts right what a killed run left in its state and on this machine, and asks what may be in the way.
 * @returns the environment for the engine
 * @throws UserError with all that refuses the seat
 */
export async function readyForUp(
  workspace: Workspace,
  stack: string,
  say: (line: string) => void,
  heal?: () => Promise<() => Promise<void>>,
): Promise<Record<string, string>> {
  const before = await exportStack(workspace, stack);
  // First: where it finds no evidence of a loss it refuses, with the state as it was.
  const healing = await heal?.();
  const folder = seatFolderOf(stack);
  if (folder !== undefined) (await halfMadeSeat(folder, before)).forEach(say);
  await healing?.();
  await requirePreflight(workspace, stack, say);
  // Of a seat that moves to another target, what is in somebody's cluster is deleted by this `up`.
  if (!targets[requireTarget(stack)].isSomebodys && isInSomebodysCluster(before))
    await lostCluster().requireLeavable(workspace, stack);
  await settlePending(
    workspace,
    stack,
    healing === undefined ? before : await exportStack(workspace, stack),
    "up",
    say,
  );
  return workspace.env;
}

/**
 * What comes before `pulumi destroy`: drops what a killed run left open, and refuses a cluster that is somebody's where nothing could be deleted, or others
 * use what would go, or have something in it. @throws UserError
 */
export async function readyForDown(
  workspace: Workspace,
  stack: string,
  say: (line: string) => void,
  leaving?: LeavingOptions,
): Promise<void> {
  const before = await exportStack(workspace, stack);
  if (isInSomebodysCluster(before)) await lostCluster().requireLeavable(workspace, stack, leaving);
  await settlePending(workspace, stack, before, "down", say);
}

/** Comes last: what a killed run left is only settled by a run that starts. */
async function settlePending(
  workspace: Workspace,
  stack: string,
  { operations = [] }: Deployment,
  command: "up" | "down",
  say: (line: string) => void,
): Promise<void> {
  if (operations.length > 0) say(await settling().settle(workspace, stack, operations, command));
}

/** What a destroy took away, as the state had it before. */
export interface TakenAway {
  target: Target | undefined;
  /** Those of the embedded seat. */
  generation: string | readonly string[] | undefined;
}

/**
 * What comes after `pulumi destroy`: a create that was killed before the engine could write it down leaves a seat that the destroy did not find.
 * @returns a sentence for what is there and was not the stack's
 */
export async function clearAfterDown(stack: string, { target, generation = [] }: TakenAway): Promise<string[]> {
  removeKubeconfig(stack);
  forgetBackend(stack);
  const folder = seatFolderOf(stack);
  return targetNamed(target)?.isNodeHere && folder !== undefined
    ? clearRemains(stack, folder, [generation].flat())
    : [];
}
