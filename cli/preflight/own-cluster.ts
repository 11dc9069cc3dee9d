import * as fs from "node:fs";
import { amd64OnlyOf } from "../../components/lessons/catalog";
import { targets } from "../../components/cluster/targets";
import { seatStatus } from "../../embedded";
import { UserError } from "../../base/errors";
import { kubeconfigIfThere } from "../stack/kubeconfig";
import { commandsFor } from "../targets";
import { seatFolderOf } from "../stack/stack";
import { clusterFindings } from "./cluster";
import { claimsOf, demandOf } from "./demand";
import type { Finding, PreflightContext } from "./finding";
import { injectedPod } from "./injected-pod";
import { ownSeat } from "./own-seat";

/** The kubeconfig of the cluster in which a stack's seat is or will be. Undefined while there is none. */
export async function clusterKubeconfig({ stack, settings, workspace }: PreflightContext): Promise<string | undefined> {
  const { kubeconfig } = commandsFor(settings.target);
  if (kubeconfig !== undefined) return kubeconfig(settings);
  if (targets[settings.target].isNodeHere && !(await hasEmbeddedSeat(stack))) return undefined;
  const file = await kubeconfigIfThere(workspace, stack);
  return file && fs.readFileSync(file, "utf8");
}

export async function hasEmbeddedSeat(stack: string): Promise<boolean> {
  const folder = seatFolderOf(stack);
  if (folder === undefined) return false;
  const { state, problem } = await seatStatus(folder);
  if (problem !== undefined) throw new UserError(problem);
  return state === "running";
}

/**
 * Findings of a cluster that the stack has made: what has come into the way since. Empty while there is no such
 * cluster.
 */
export async function ownClusterFindings(context: PreflightContext): Promise<Finding[]> {
  const { stack, settings, state } = context;
  if (targets[settings.target].isSomebodys) return [];
  const { isAwake, sizeOf } = commandsFor(settings.target);
  const kubeconfig = await clusterKubeconfig(context);
  if (kubeconfig === undefined) return [];
  // A machine that is gone or stopped cannot be asked. The target's own findings have already said so.
  if (isAwake !== undefined && !(await isAwake(stack, settings))) return [];
  return clusterFindings({
    kubeconfig,
    stack,
    cluster: `the seat of stack ${stack}`,
    serviceType: targets[settings.target].serviceType(settings),
    gatewayApi: settings.gatewayApi,
    demand: demandOf(settings),
    pod: injectedPod(settings),
    claims: claimsOf(settings),
    amd64Only: amd64OnlyOf(settings.lessons),
    ...(sizeOf && { most: sizeOf(settings, state) }),
    seat: ownSeat(state),
    owned: true,
    unreachable: "Is it running, and is this machine in its network?",
  });
}
