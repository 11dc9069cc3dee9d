import { binary } from "../../embedded";
import { inTerminal } from "../terminal/ending/in-terminal";
import { kubeconfigFile } from "../stack/kubeconfig";
import { takenStack } from "../stack/taken";
import { openWorkspace } from "../stack/workspace";

/**
 * `npm run -s kubectl -- [--stack NAME] …`: runs kubectl on a seat. Prints nothing of its own, because scripts read
 * both outputs.
 */
export async function kubectl(args: string[], { stack: named }: { stack?: string } = {}): Promise<void> {
  const workspace = openWorkspace();
  const KUBECONFIG = await kubeconfigFile(workspace, await takenStack(named, { to: "use", say: () => undefined }));
  process.exitCode = await inTerminal(kubectlBinary(), args, { KUBECONFIG });
}

/** The kubectl that was built with the seat's Kubernetes. Where none is built (other targets), the user's own. */
function kubectlBinary(): string {
  try {
    return binary("kubectl");
  } catch {
    return "kubectl";
  }
}
