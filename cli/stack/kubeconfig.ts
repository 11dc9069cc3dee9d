import * as fs from "node:fs";
import * as path from "node:path";
import { onStack } from "../../base/advice";
import { isThere, writeWhole } from "../../base/files";
import { layout } from "../../embedded";
import { localName } from "../../base/names";
import { labRoot } from "../../base/paths";
import { UserError } from "../../base/errors";
import { readSecretOutput } from "./outputs";
import { seatFolderOf } from "./stack";
import type { Workspace } from "./workspace";

/**
 * The path of the kubeconfig file for a stack's seat. An embedded seat keeps its own, which always fits the running
 * cluster.
 * For other targets, the stack's output is written to `.lab/kubeconfig/<stack>` (mode 0600) without being printed. It
 * is rewritten each time, because a plain `pulumi up` may have replaced the cluster.
 */
export async function kubeconfigFile(workspace: Workspace, stack: string): Promise<string> {
  const file = await kubeconfigIfThere(workspace, stack);
  if (file === undefined)
    throw new UserError(`Stack ${stack} has no seat. \`${onStack(stack, "npm run up")}\` makes it.`);
  return file;
}

/** Like `kubeconfigFile`; undefined where the stack has no seat. @throws UserError where Pulumi could not be asked */
export async function kubeconfigIfThere(workspace: Workspace, stack: string): Promise<string | undefined> {
  const folder = seatFolderOf(stack);
  const own = folder && layout(folder).kubeconfig;
  if (own !== undefined && isThere(own)) return own;
  const text = await readSecretOutput(workspace, stack, "kubeconfig");
  if (!text?.trim()) return undefined;
  const file = written(stack);
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeWhole(file, `${text}\n`, 0o600);
  return file;
}

/** Removes what `kubeconfigFile` wrote. */
export function removeKubeconfig(stack: string): void {
  fs.rmSync(written(stack), { force: true });
}

function written(stack: string): string {
  return path.join(labRoot(), "kubeconfig", localName(stack));
}
