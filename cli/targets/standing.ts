import { chooseContext } from "../../components/cluster/existing/kubeconfig";
import { settingsOf } from "../stack/settings";
import type { Deployment } from "../stack/stack";
import { targetOfState } from "../stack/target-of-state";
import type { Workspace } from "../stack/workspace";
import { azureStanding, azureWorld, type AzureStanding } from "./azure/standing";
import { embeddedStanding } from "./embedded/standing";
import { existingStanding } from "./existing/standing";
import { minikubeStanding } from "./minikube/standing";

/** What is known of the cluster that a stack's seat is in, by its state. @param state with secrets */
export async function standingOf(workspace: Workspace, stack: string, state: Deployment): Promise<AzureStanding> {
  switch (targetOfState(state)) {
    case "azure": return azureStanding(stack, state, azureWorld(workspace, stack));
    case "minikube": return minikubeStanding(stack, state);
    case "existing": return existingStanding(stack, state, await currentKubeconfig(workspace, stack));
    case "embedded": return embeddedStanding(stack, state);
    case undefined: return { is: "there", seen: `stack ${stack} has no seat yet` };
  }
}

/** The kubeconfig that the stack's config leads to now; undefined where it leads to none, or to another target. */
async function currentKubeconfig(workspace: Workspace, stack: string): Promise<string | undefined> {
  const { target, existing } = await settingsOf(workspace, stack);
  if (target !== "existing") return undefined;
  try {
    return chooseContext(existing).text;
  } catch {
    return undefined; // the preflight says what is wrong with it; here it only means that nobody else can be asked
  }
}
