import { RunError } from "@pulumi/pulumi";
import { UserError } from "../../../base/errors";
import { chooseContext } from "../../../components/cluster/existing/kubeconfig";
import type { Settings } from "../../../config";
import { settingsOf } from "../../stack/settings";
import type { Workspace } from "../../stack/workspace";

/** The kubeconfig that a config of target existing leads to. @throws UserError where it leads to none */
export function chosenKubeconfig(settings: Settings): string {
  try {
    return chooseContext(settings.existing).text;
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

/** The kubeconfig that the stack's config leads to now; undefined where it leads to none, or to another target. @throws UserError where the config is invalid */
export async function currentKubeconfig(workspace: Workspace, stack: string): Promise<string | undefined> {
  const { target, existing } = await settingsOf(workspace, stack);
  if (target !== "existing") return undefined;
  try {
    return chooseContext(existing).text;
  } catch {
    return undefined; // the preflight says what is wrong with it; here it only means that nobody else can be asked
  }
}

/** The same where an invalid config counts as one that leads to none: then the kubeconfig in the state alone counts. */
export async function kubeconfigNow(workspace: Workspace, stack: string): Promise<string | undefined> {
  try {
    return await currentKubeconfig(workspace, stack);
  } catch (error) {
    if (error instanceof UserError || RunError.isInstance(error)) return undefined;
    throw error;
  }
}
