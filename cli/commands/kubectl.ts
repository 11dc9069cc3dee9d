import { binary } from "../../embedded/toolchain";
import { inTerminal } from "../ending/in-terminal";
import { kubeconfigFile } from "../kubeconfig";
import { selectedStack } from "../stack";
import { openWorkspace } from "../workspace";

/** `npm run -s kubectl -- …`: kubectl on the selected stack's seat. */
export async function kubectl(args: string[]): Promise<void> {
  const workspace = openWorkspace();
  const KUBECONFIG = await kubeconfigFile(workspace, await selectedStack(workspace));
  process.exitCode = await inTerminal(kubectlBinary(), args, { KUBECONFIG });
}

/** The one built with the seat's Kubernetes; where none is built (other targets), the user's own. */
function kubectlBinary(): string {
  try {
    return binary("kubectl");
  } catch {
    return "kubectl";
  }
}
