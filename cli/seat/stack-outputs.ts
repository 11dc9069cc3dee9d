import * as fs from "node:fs";
import { onStack } from "../../base/advice";
import { UserError } from "../../base/errors";
import { type AddonName, addonNames, addonOf } from "../../components/addons/catalog";
import { targetNamed } from "../../components/cluster/targets";
import type { Settings } from "../../config";
import { seatStatus } from "../../embedded";
import { type KubeConfig, kubeconfigIn } from "../../kube";
import { kubeconfigFile } from "../stack/kubeconfig";
import { readOutputs, type Outputs } from "../stack/outputs";
import { commandsFor } from "../targets";
import { settingsOf } from "../stack/settings";
import { seatFolderOf, targetOf } from "../stack/stack";
import { openWorkspace, type Workspace } from "../stack/workspace";

/** What a stack's config and outputs say about its seat. */
export interface StackSeat {
  workspace: Workspace;
  stack: string;
  settings: Settings;
  kubeconfig: KubeConfig;
  /** The same as a file, for other programs. */
  kubeconfigFile: string;
  gatewayUrl: string;
  ingressHost: string;
  securePort: number;
  /** Lessons that the last `up` installed. */
  installed: readonly string[];
  /** Addons that the last `up` installed. */
  addons: readonly AddonName[];
  /** KIALI_URL; undefined where Kiali is not installed. */
  kialiUrl?: string;
}

/**
 * Reads a stack's config and outputs.
 * @throws {UserError} where there is no seat to check, with the command that creates one
 */
export async function readStack(stack: string): Promise<StackSeat> {
  const workspace = openWorkspace();
  if (!workspace.engine)
    throw new UserError(
      onStack(
        stack,
        "There is no seat to check: the Pulumi engine is not installed yet. `npm run up` installs it and makes the seat.",
      ),
    );
  const up = onStack(stack, "npm run up");
  await requireRunning(stack, up);
  // A stack without a seat may have no config either. Either way, the message says that it has no seat.
  const config = settingsOf(workspace, stack);
  config.catch(() => undefined);
  const outputs = await readOutputs(workspace, stack);
  if (!outputs?.GATEWAY_URL) throw new UserError(`Stack ${stack} has no seat. \`${up}\` makes it.`);
  const settings = await config;
  await commandsFor(settings.target).requireAwake?.(stack, settings);
  const file = await kubeconfigFile(workspace, stack);
  const kubeconfig = kubeconfigIn(fs.readFileSync(file, "utf8"));
  return {
    workspace,
    stack,
    settings,
    kubeconfig,
    kubeconfigFile: file,
    gatewayUrl: String(outputs.GATEWAY_URL),
    ingressHost: String(outputs.INGRESS_HOST),
    securePort: Number(outputs.SECURE_INGRESS_PORT),
    installed: Object.keys(outputs.lessons ?? {}),
    addons: installedAddons(outputs, settings),
    ...(outputs.KIALI_URL !== undefined && { kialiUrl: String(outputs.KIALI_URL) }),
  };
}

/** Returns the installed addons. An addon with pages has an output; for the others, only the config tells. */
export function installedAddons(outputs: Outputs, settings: Pick<Settings, "addons">): AddonName[] {
  const hasPages = (name: AddonName) => addonOf(name).localPort !== undefined;
  return addonNames.filter((name) =>
    hasPages(name) ? outputs[`${name.toUpperCase()}_URL`] !== undefined : settings.addons.includes(name),
  );
}

/** Fails where an embedded seat does not run, which its folder tells at once. */
async function requireRunning(stack: string, up: string): Promise<void> {
  if (!targetNamed(targetOf(stack))?.isNodeHere) return;
  const folder = seatFolderOf(stack);
  if (folder === undefined) return;
  const { state, problem } = await seatStatus(folder);
  if (problem !== undefined) throw new UserError(problem);
  if (state === "stopped")
    throw new UserError(
      `The seat of stack ${stack} is stopped. \`npm run embedded -- start --seat ${stack}\` starts it again.`,
    );
  if (state === "creating")
    throw new UserError(`The seat of stack ${stack} is being made right now. Check it after that has ended.`);
  if (state === "dead")
    throw new UserError(`The seat of stack ${stack} is gone: its processes have ended. \`${up}\` recreates it.`);
  if (state === "absent") throw new UserError(`Stack ${stack} has no seat. \`${up}\` makes it.`);
}
