import { RunError } from "@pulumi/pulumi";
import { UserError } from "../../../base/errors";
import { chooseContext } from "../../../components/cluster/existing/kubeconfig";
import type { Settings } from "../../../config";
import { settingsOf } from "../../stack/settings";
import type { Workspace } from "../../stack/workspace";

/** The kubeconfig that the config of target existing selects. @throws UserError where it selects none */
export function chosenKubeconfig(settings: Settings): string {
  try {
    return chooseContext(settings.existing).text;
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

/**
 * The kubeconfig that the stack's config selects now. Undefined where it selects none or another target.
 * @throws UserError where the config is invalid
 */
export async function currentKubeconfig(workspace: Workspace, stack: string): Promise<string | undefined> {
  const { target, existing } = await settingsOf(workspace, stack);
  if (target !== "existing") return undefined;
  try {
    return chooseContext(existing).text;
  } catch {
    return undefined; // the preflight reports the problem; here it only means that there is no second kubeconfig to try
  }
}

/**
 * Like `currentKubeconfig`, but an invalid config counts as selecting none. Then only the kubeconfig in the state
 * counts.
 */
export async function kubeconfigNow(workspace: Workspace, stack: string): Promise<string | undefined> {
  try {
    return await currentKubeconfig(workspace, stack);
  } catch (error) {
    if (error instanceof UserError || RunError.isInstance(error)) return undefined;
    throw error;
  }
}
