import { deleteSeat } from "../embedded/node/seat";
import { seatFolder } from "../embedded/paths";
import { removeKubeconfig } from "./kubeconfig";
import { requirePreflight } from "./preflight/run";
import { clearPending, halfMadeSeat } from "./recovery";
import { exportStack, targetOf } from "./stack";
import { requireTarget } from "./targets";
import type { Workspace } from "./workspace";

/**
 * What comes before `pulumi up` of a stack that exists: puts right what a killed run left in its state and on this machine, and asks what may be in the way.
 * @returns the environment for the engine
 * @throws UserError with all that refuses the seat
 */
export async function readyForUp(workspace: Workspace, stack: string, say: (line: string) => void, heal?: () => Promise<void>): Promise<Record<string, string>> {
  const before = await exportStack(workspace, stack);
  if (before.pending > 0) say(await clearPending(workspace, stack));
  (await halfMadeSeat(seatFolder(stack), before)).forEach(say);
  await heal?.();
  await requirePreflight(workspace, stack, say);
  // In a cluster that is somebody's, what is there already is nobody's to take over, except right after a killed run, which has left objects that the
  // state does not know. The SDK and the plugin read the variable.
  return requireTarget(stack) === "existing" && before.pending > 0 ? { ...workspace.env, PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true" } : workspace.env;
}

/**
 * What comes before `pulumi destroy`: drops what a killed run left open, and refuses a cluster that is somebody's where nothing could be deleted, or others
 * use what would go. @throws UserError
 */
export async function readyForDown(workspace: Workspace, stack: string, say: (line: string) => void): Promise<void> {
  if ((await exportStack(workspace, stack)).pending > 0) say(await clearPending(workspace, stack));
  // Loaded only for a cluster that is somebody's: its library takes half a second.
  if (targetOf(stack) === "existing") await (require("./lost-cluster") as typeof import("./lost-cluster")).requireLeavable(workspace, stack);
}

/** What comes after `pulumi destroy`: a create that was killed before the engine could write it down leaves a seat no state knows of. */
export async function clearAfterDown(stack: string): Promise<void> {
  if (targetOf(stack) === "embedded") await deleteSeat(seatFolder(stack));
  removeKubeconfig(stack);
}
