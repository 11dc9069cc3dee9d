import * as fs from "node:fs";
import { dynamicType } from "../../components/cluster/dynamic-type";
import { chooseContext } from "../../components/cluster/existing/kubeconfig";
import { amd64OnlyOf } from "../../components/lessons/catalog";
import type { MinikubeSettings } from "../../components/cluster/minikube/settings";
import { targets } from "../../components/cluster/targets";
import { seatStatus } from "../../embedded/node/status";
import { UserError } from "../../base/errors";
import { kubeconfigIfThere } from "../stack/kubeconfig";
import { powerOf } from "../targets/minikube/power";
import { seatFolderOf, type Deployment } from "../stack/stack";
import { clusterFindings } from "./cluster";
import { claimsOf, demandOf } from "./demand";
import type { Finding, PreflightContext } from "./finding";
import { ownSeat } from "./own-seat";

/** The kubeconfig of the cluster that a stack's seat is in, or is to be in; undefined while there is none. */
export async function clusterKubeconfig({ stack, settings, workspace }: PreflightContext): Promise<string | undefined> {
  if (settings.target === "existing") {
    try {
      return chooseContext(settings.existing).text;
    } catch (error) {
      throw new UserError((error as Error).message);
    }
  }
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

/** What a cluster that the stack has made says now: who came into the way since. None while there is no such cluster. */
export async function standingFindings(context: PreflightContext): Promise<Finding[]> {
  const { stack, settings, state } = context;
  if (targets[settings.target].isSomebodys) return [];
  const kubeconfig = await clusterKubeconfig(context);
  if (kubeconfig === undefined) return [];
  // Of a profile that is gone or asleep nothing can be asked: the target's own findings have said so.
  if (settings.target === "minikube" && (await powerOf(stack, settings.minikube)).state !== "running") return [];
  return clusterFindings({
    kubeconfig,
    stack,
    cluster: `the seat of stack ${stack}`,
    serviceType: targets[settings.target].serviceType(settings),
    gatewayApi: settings.gatewayApi,
    demand: demandOf(settings),
    claims: claimsOf(settings),
    amd64Only: amd64OnlyOf(settings.lessons),
    ...(settings.target === "minikube" && { most: sizeOf(settings.minikube, state) }),
    seat: ownSeat(state),
    owned: true,
    unreachable: "Is it running, and this machine in its network?",
  });
}

/** The size that a profile was made with, which may be less than its config says: thousandths of a CPU, and bytes. */
function sizeOf(settings: MinikubeSettings, { resources }: Pick<Deployment, "resources">): { cpu: number; memory: number } {
  const made = resources.find(({ type }) => type === dynamicType("Profile"))?.outputs ?? {};
  const of = (size: "cpus" | "memory") => (typeof made[size] === "number" ? made[size] : settings[size]);
  return { cpu: of("cpus") * 1000, memory: of("memory") * 2 ** 20 };
}
