import { linkEngine } from "../stack/engine";
import { UserError } from "../../base/errors";
import { kubeconfigFile } from "../stack/kubeconfig";
import { takenStack } from "../stack/taken";
import { openWorkspace } from "../stack/workspace";

/**
 * `npm run -s env`: prints shell lines that make a bare `npx pulumi` and `kubectl` work on this checkout. They contain
 * paths and no secrets.
 * Reports on standard error which stack was taken. Without a seat it says so there and prints only the lines for
 * Pulumi.
 */
export async function env({ stack: named }: { stack?: string } = {}): Promise<void> {
  const workspace = openWorkspace();
  linkEngine(workspace.env.PULUMI_HOME!);
  const lines = Object.entries(workspace.env).filter(([name]) => name !== "PATH");
  // A named stack applies to both Pulumi and kubectl. The selected stack may be another one.
  if (named !== undefined) lines.push(["PULUMI_STACK", named]);
  try {
    lines.push(["KUBECONFIG", await kubeconfigFile(workspace, await takenStack(named, { to: "use", say }))]);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    say(`KUBECONFIG is not set: ${error.message}`);
  }
  for (const [name, value] of lines) process.stdout.write(`export ${name}=${quote(value)}\n`);
}

/** Prints to standard error, because the shell evaluates standard output. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function quote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
