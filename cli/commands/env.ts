import * as path from "node:path";
import { linkEngine } from "../stack/engine";
import { ISTIOCTL, onStack } from "../../base/advice";
import { UserError } from "../../base/errors";
import { builtIstioctl, isBuiltFor } from "../seat/istioctl";
import { kubeconfigFile } from "../stack/kubeconfig";
import { takenStack } from "../stack/taken";
import { openWorkspace } from "../stack/workspace";

/**
 * `npm run -s env`: prints shell lines that make a bare `npx pulumi`, `kubectl` and `istioctl` work on this checkout.
 * They contain paths and no secrets.
 * Reports on standard error which stack was taken. Without a seat it says so there and prints only the lines for
 * Pulumi.
 */
export async function env({ stack: named }: { stack?: string } = {}): Promise<void> {
  const workspace = openWorkspace();
  linkEngine(workspace.env.PULUMI_HOME!);
  const lines = Object.entries(workspace.env).filter(([name]) => name !== "PATH");
  // A named stack applies to both Pulumi and kubectl. The selected stack may be another one.
  if (named !== undefined) lines.push(["PULUMI_STACK", named]);
  const istioctl = builtIstioctl();
  try {
    const stack = await takenStack(named, { to: "use", say });
    lines.push(["KUBECONFIG", await kubeconfigFile(workspace, stack)]);
    if (istioctl === undefined && isBuiltFor(stack))
      say(`istioctl is not in PATH: it is not built yet. \`${onStack(stack, `${ISTIOCTL} version`)}\` builds it.`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    say(`KUBECONFIG is not set: ${error.message}`);
  }
  for (const [name, value] of lines) process.stdout.write(`export ${name}=${quote(value)}\n`);
  if (istioctl !== undefined) putInPath(path.dirname(istioctl));
}

/** Puts istioctl's folder, which contains nothing else, in front of the shell's PATH. A second call changes nothing. */
function putInPath(folder: string): void {
  if ((process.env.PATH ?? "").split(path.delimiter).includes(folder)) return;
  process.stdout.write(`export PATH=${quote(folder)}":$PATH"\n`);
}

/** Prints to standard error, because the shell evaluates standard output. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function quote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
