import { onStack } from "../../../base/advice";
import { chooseContext } from "../../../components/cluster/existing/kubeconfig";
import { amd64OnlyOf } from "../../../components/lessons/catalog";
import type { Settings } from "../../../config";
import type { ChosenContext } from "../../../kube";
import { clusterFindings } from "../../preflight/cluster";
import { claimsOf, demandOf } from "../../preflight/demand";
import type { Finding, PreflightContext } from "../../preflight/finding";
import { injectedPod } from "../../preflight/injected-pod";
import { ownSeat, type OwnSeat } from "../../preflight/own-seat";

/** Target existing's checks of its cluster before anything is made in it. */
export async function findings({ stack, settings, state }: PreflightContext): Promise<Finding[]> {
  return evaluate(settings, stack, ownSeat(state));
}

/** Like `findings`, for a stack that may not exist yet. */
export async function evaluate(settings: Settings, stack: string, seat: OwnSeat): Promise<Finding[]> {
  let chosen: ChosenContext;
  try {
    chosen = chooseContext(settings.existing);
  } catch (error) {
    return [{ name: "kubeconfig", status: "refused", seen: (error as Error).message }];
  }
  const cluster = `context ${chosen.context} (${chosen.source}), ${chosen.server}`;
  return clusterFindings({
    kubeconfig: chosen.text,
    stack,
    cluster,
    serviceType: settings.existing.serviceType,
    gatewayApi: settings.gatewayApi,
    demand: demandOf(settings),
    addons: settings.addons,
    pod: injectedPod(settings),
    claims: claimsOf(settings),
    amd64Only: amd64OnlyOf(settings.lessons),
    seat,
    unreachable: `Is it running, and is this machine in its network?${seat.cluster === undefined ? "" : ` ${gone(stack)}`}`,
  });
}

function gone(stack: string): string {
  return `If it is gone for good: \`${onStack(stack, "npm run down -- --cluster-is-gone")}\`, or, once the context leads to a new one, \`${onStack(stack, "npm run up -- --heal")}\`.`;
}
