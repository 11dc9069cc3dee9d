import { onStack } from "../../base/advice";
import { Api, Unreachable } from "../../kube";
import { targets } from "../../components/cluster/targets";
import { UserError } from "../../base/errors";
import { isRefused, lines, plainSecretFindings, type Finding, type PreflightContext } from "../preflight/finding";
import { releaseLoadBalancer, restoreLoadBalancers } from "../preflight/load-balancer";
import { machineFindings } from "../targets/embedded/machine";
import { clusterKubeconfig, hasEmbeddedSeat, ownClusterFindings } from "../preflight/own-cluster";
import { storageFindings } from "../preflight/storage";
import { runSteps } from "../terminal/progress";
import { besideResult, saying } from "../terminal/say";
import { settingsOf } from "../stack/settings";
import { exportStack, fileConfig, makeStack, requireStackName } from "../stack/stack";
import { takenStack } from "../stack/taken";
import { requireSameBackend } from "../stack/same-backend";
import { commandsOf, requireTarget } from "../targets";
import { openWorkspace } from "../stack/workspace";

export interface PreflightOptions {
  stack?: string;
  json?: boolean;
  /** `NAMESPACE/NAME`. */
  releaseLb?: string;
  /** `NAMESPACE/NAME`; true for every Service that was released. */
  restoreLb?: string | true;
}

/**
 * `npm run preflight`: reports what is in the way of a seat before anything is made. Changes only a Service that an
 * option names. Exit code 1 when a finding refuses.
 */
export async function preflight(options: PreflightOptions): Promise<void> {
  const say = saying(besideResult(options.json));
  const stack = await takenStack(options.stack, { to: "make", say });
  requireStackName(stack);
  requireSameBackend(stack);
  const target = requireTarget(stack);
  const context = await contextOf(stack);
  if (options.releaseLb !== undefined || options.restoreLb !== undefined)
    (await turn(context, stack, options)).forEach(say);

  const { findings } = commandsOf(stack);
  const found: Finding[] = [
    ...plainSecretFindings(stack),
    ...(targets[target].isNodeHere ? machineFindings() : []),
    ...(context && findings ? await findings(context) : []),
    ...(context ? await ownClusterFindings(context) : []),
    ...(context ? await storageFindings(context) : []),
  ];
  if (options.json)
    process.stdout.write(`${JSON.stringify({ stack, target, refused: isRefused(found), findings: found }, null, 2)}\n`);
  else
    [
      `Stack ${stack}, target ${target}:`,
      ...lines(found),
      isRefused(found)
        ? `Refused: \`${onStack(stack, "npm run up")}\` would make nothing.`
        : "Preflight found no problems.",
    ].forEach(say);
  process.exitCode = isRefused(found) ? 1 : 0;
}

/**
 * Undefined for an embedded seat that does not run: there is only this machine to ask, and nothing is built for that.
 */
async function contextOf(stack: string): Promise<PreflightContext | undefined> {
  if (targets[requireTarget(stack)].isNodeHere) {
    if (!(await hasEmbeddedSeat(stack))) return undefined;
  } else {
    const commands = commandsOf(stack);
    commands.preconditions();
    await runSteps(commands.stages(fileConfig(stack)));
    await makeStack(openWorkspace(), stack);
  }
  const workspace = openWorkspace();
  return { stack, workspace, settings: await settingsOf(workspace, stack), state: await exportStack(workspace, stack) };
}

async function turn(
  context: PreflightContext | undefined,
  stack: string,
  { releaseLb, restoreLb }: PreflightOptions,
): Promise<string[]> {
  const kubeconfig = context && (await clusterKubeconfig(context));
  if (kubeconfig === undefined)
    throw new UserError("The stack has no cluster yet, so no Service can be released or restored.");
  const api = new Api(kubeconfig);
  try {
    const released = releaseLb === undefined ? [] : [await releaseLoadBalancer(api, releaseLb, stack)];
    return [
      ...released,
      ...(restoreLb === undefined ? [] : await restoreLoadBalancers(api, restoreLb === true ? undefined : restoreLb)),
    ];
  } catch (error) {
    throw error instanceof Unreachable ? new UserError(error.message) : error;
  }
}
