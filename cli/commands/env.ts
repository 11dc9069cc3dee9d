import { kubeconfigFile } from "../kubeconfig";
import { selectedStack } from "../stack";
import { openWorkspace } from "../workspace";

/** `npm run -s env`: shell lines that make a bare `npx pulumi` and `kubectl` work on this checkout. Paths only, no secrets. */
export async function env(): Promise<void> {
  const workspace = openWorkspace();
  const lines = Object.entries(workspace.env).filter(([name]) => name !== "PATH");
  lines.push(["KUBECONFIG", await kubeconfigFile(workspace, await selectedStack(workspace))]);
  for (const [name, value] of lines) process.stdout.write(`export ${name}=${quote(value)}\n`);
}

function quote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
