import { targets, targetNamed } from "../../components/cluster/targets";
import type { Target } from "../../config";
import { forgetTasks } from "./task-record";
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
 * Prepares `pulumi up` of a stack that exists. Repairs what a killed run left in its state and on this machine, and
 * runs the preflight checks.
 *
 * @returns the environment for the engine
 * @throws UserError with every reason that refuses the seat
 */
export async function readyForUp(
  workspace: Workspace,
  stack: string,
  say: (line: string) => void,
  heal?: () => Promise<() => Promise<void>>,
): Promise<Record<string, string>> {
  const before = await exportStack(workspace, stack);
  // Must come first: without evidence of a loss it refuses, and the state must be unchanged then.
  const healing = await heal?.();
  const folder = seatFolderOf(stack);
  if (folder !== undefined) (await halfMadeSeat(folder, before)).forEach(say);
  await healing?.();
  await requirePreflight(workspace, stack, say, healing === undefined ? before : undefined);
  // When a seat moves to another target, this `up` deletes what it has in an existing cluster.
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
 * Prepares `pulumi destroy`: settles what a killed run left open.
 * Refuses an existing cluster where nothing could be deleted, where others use what would be deleted, or where they
 * have objects inside it.
 * @throws UserError
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

/** Must come last: the operations may only be settled by a run that will start. */
async function settlePending(
  workspace: Workspace,
  stack: string,
  { operations = [] }: Deployment,
  command: "up" | "down",
  say: (line: string) => void,
): Promise<void> {
  if (operations.length > 0) say(await settling().settle(workspace, stack, operations, command));
}

/** What a destroy takes away, read from the state before it. */
export interface TakenAway {
  target: Target | undefined;
  /** One or more generations of the embedded seat. */
  generation: string | readonly string[] | undefined;
}

/**
 * Cleans up after `pulumi destroy`. A create that was killed before the engine recorded it leaves a seat that the
 * destroy did not find.
 *
 * @returns a sentence for each thing found that is not the stack's
 */
export async function clearAfterDown(stack: string, { target, generation = [] }: TakenAway): Promise<string[]> {
  removeKubeconfig(stack);
  forgetBackend(stack);
  forgetTasks(stack);
  const folder = seatFolderOf(stack);
  return targetNamed(target)?.isNodeHere && folder !== undefined
    ? clearRemains(stack, folder, [generation].flat())
    : [];
}
