import { linkEngine } from "../stack/engine";
import { UserError } from "../../base/errors";
import { kubeconfigFile } from "../stack/kubeconfig";
import { takenStack } from "../stack/taken";
import { openWorkspace } from "../stack/workspace";

/**
 * `npm run -s env`: shell lines that make a bare `npx pulumi` and `kubectl` work on this checkout. Paths only, no secrets.
 * Which stack was taken it says on standard error. While there is no seat it says so there, and the lines for Pulumi are all there is.
 */
export async function env({ stack: named }: { stack?: string } = {}): Promise<void> {
  const workspace = openWorkspace();
  linkEngine(workspace.env.PULUMI_HOME!);
  const lines = Object.entries(workspace.env).filter(([name]) => name !== "PATH");
  // Of one stack that is named, both are: what is selected may be another one.
  if (named !== undefined) lines.push(["PULUMI_STACK", named]);
  try {
    lines.push(["KUBECONFIG", await kubeconfigFile(workspace, await takenStack(named, { to: "use", say }))]);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    say(`KUBECONFIG is not set: ${error.message}`);
  }
  for (const [name, value] of lines) process.stdout.write(`export ${name}=${quote(value)}\n`);
}

/** Standard output is for the shell. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function quote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
