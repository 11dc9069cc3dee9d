import { linkEngine } from "../engine";
import { UserError } from "../errors";
import { kubeconfigFile } from "../kubeconfig";
import { selectedStack } from "../stack";
import { openWorkspace } from "../workspace";

/**
 * `npm run -s env`: shell lines that make a bare `npx pulumi` and `kubectl` work on this checkout. Paths only, no secrets.
 * While there is no seat it says so on standard error, and the lines for Pulumi are all there is.
 */
export async function env(): Promise<void> {
  const workspace = openWorkspace();
  linkEngine(workspace.env.PULUMI_HOME!);
  const lines = Object.entries(workspace.env).filter(([name]) => name !== "PATH");
  try {
    lines.push(["KUBECONFIG", await kubeconfigFile(workspace, await selectedStack(workspace))]);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`KUBECONFIG is not set: ${error.message}\n`);
  }
  for (const [name, value] of lines) process.stdout.write(`export ${name}=${quote(value)}\n`);
}

function quote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
