import * as fs from "node:fs";
import * as path from "node:path";
import { labRoot } from "../embedded/paths";
import { UserError } from "./errors";
import { pulumiOutput, type Workspace } from "./workspace";

/** The file a trainee's kubectl reads: mode 0600 under `.lab`, written by `up`, removed by `down`. */
export function kubeconfigFile(stack: string): string {
  return path.join(labRoot(), "kubeconfig", stack);
}

/** Writes the stack's kubeconfig output to that file, without printing it. */
export async function writeKubeconfig(workspace: Workspace, stack: string): Promise<void> {
  const file = kubeconfigFile(stack);
  const text = await pulumiOutput(workspace, ["stack", "output", "kubeconfig", "--show-secrets", "--stack", stack]);
  if (!text.trim()) throw new UserError(`Stack ${stack} has no kubeconfig output: its last \`npm run up\` did not end well.`);
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  fs.writeFileSync(`${file}.new`, `${text}\n`, { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
}

/** Removes it again. */
export function removeKubeconfig(stack: string): void {
  fs.rmSync(kubeconfigFile(stack), { force: true });
}
