import * as fs from "node:fs";
import { binary } from "../../embedded/toolchain";
import { kubeconfigFile, writeKubeconfig } from "../kubeconfig";
import { selectedStack } from "../stack";
import { inTerminal, openWorkspace } from "../workspace";

/** `npm run -s kubectl -- …`: kubectl on the selected stack's seat. */
export async function kubectl(args: string[]): Promise<void> {
  const workspace = openWorkspace();
  const stack = await selectedStack(workspace);
  if (!fs.existsSync(kubeconfigFile(stack))) await writeKubeconfig(workspace, stack);
  process.exitCode = await inTerminal(kubectlBinary(), args, { KUBECONFIG: kubeconfigFile(stack) });
}

/** The one built with the seat's Kubernetes; where none is built (other targets), the user's own. */
function kubectlBinary(): string {
  try {
    return binary("kubectl");
  } catch {
    return "kubectl";
  }
}
