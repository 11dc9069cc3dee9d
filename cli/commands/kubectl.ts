import { builtProgram } from "../seat/built-program";
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
  // Where none is built with a seat's Kubernetes (other targets), the user's own is used.
  process.exitCode = await inTerminal(builtProgram("kubectl") ?? "kubectl", args, { KUBECONFIG });
}
