import type { Deployment } from "../stack/stack";
import { targetOfState } from "../stack/target-of-state";
import type { Workspace } from "../stack/workspace";
import { commandsFor } from ".";
import type { ClusterStatus } from "./target";

/** What is known about the cluster of a stack's seat, according to the stack's state. @param state with secrets */
export async function clusterStatusOf(workspace: Workspace, stack: string, state: Deployment): Promise<ClusterStatus> {
  const target = targetOfState(state);
  return target === undefined
    ? { is: "there", seen: `stack ${stack} has no seat yet` }
    : commandsFor(target).clusterStatus(workspace, stack, state);
}
