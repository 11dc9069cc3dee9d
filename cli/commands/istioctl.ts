import { istioctlOf } from "../seat/istioctl";
import { kubeconfigFile } from "../stack/kubeconfig";
import { takenStack } from "../stack/taken";
import { openWorkspace } from "../stack/workspace";
import { inTerminal } from "../terminal/ending/in-terminal";

/**
 * `npm run -s istioctl -- [--stack NAME] …`: runs istioctl on a seat. Prints nothing of its own to standard output,
 * because scripts read it.
 */
export async function istioctl(args: string[], { stack: named }: { stack?: string } = {}): Promise<void> {
  const workspace = openWorkspace();
  const stack = await takenStack(named, { to: "use", say: () => undefined });
  const KUBECONFIG = await kubeconfigFile(workspace, stack);
  const program = await istioctlOf(workspace, stack, (line) => void process.stderr.write(`${line}\n`));
  process.exitCode = await inTerminal(program, args, { KUBECONFIG });
}
