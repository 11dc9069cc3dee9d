import { onStack } from "../../../base/advice";
import { Api, ApiError, Unreachable } from "../../../kube";
import { clusterId } from "../../../components/cluster/existing/cluster-id";
import { kubeconfigOf } from "./lost-cluster";
import { ownSeat } from "../../preflight/own-seat";
import type { Deployment } from "../../stack/stack";
import type { ClusterStatus } from "../target";

/** The cluster that a kubeconfig reaches: its id, or why that is unknown. */
export type Answer = {
  readonly server: string;
  readonly uid?: string;
  readonly silent?: string;
  readonly refused?: string;
};

export async function whoAnswers(kubeconfig: string): Promise<Answer> {
  const api = new Api(kubeconfig);
  try {
    return { server: api.server, uid: await clusterId(api) };
  } catch (error) {
    if (error instanceof Unreachable) return { server: api.server, silent: error.message };
    if (error instanceof ApiError)
      return { server: api.server, refused: `${api.server} answers ${error.code}: ${error.message}` };
    throw error;
  }
}

/**
 * An existing cluster is gone if another one answers in its place. The state's kubeconfig is tried first. If nothing
 * answers with it, the config's current kubeconfig is tried.
 * @param state with secrets
 * @param current the kubeconfig of the stack's config; undefined where it selects none
 */
export async function existingClusterStatus(
  stack: string,
  state: Deployment,
  current: string | undefined,
  ask: (kubeconfig: string) => Promise<Answer> = whoAnswers,
): Promise<ClusterStatus> {
  const [kept, { cluster }] = [kubeconfigOf(state), ownSeat(state)];
  if (kept === undefined || cluster === undefined)
    return { is: "there", seen: `stack ${stack} has no seat in a cluster yet` };
  const before = await ask(kept);
  if (before.uid === cluster) return { is: "there", seen: `the seat's cluster answers at ${before.server}` };
  if (before.uid !== undefined)
    return {
      is: "lost",
      evidence: `another cluster (${before.uid}) answers at ${before.server}; the seat was in ${cluster}`,
    };
  const now = current === undefined || current === kept ? undefined : await ask(current);
  if (now?.uid === cluster) {
    const seen = `The seat's cluster answers at ${now.server}, but not to the kubeconfig in the state: ${before.silent ?? before.refused}`;
    return {
      is: "unknown",
      seen,
      todo: `It is not lost: \`${onStack(stack, "npm run up")}\` takes the present kubeconfig.`,
    };
  }
  if (before.silent !== undefined && now?.uid !== undefined) {
    return {
      is: "lost",
      evidence: `another cluster (${now.uid}) answers at ${now.server}; the seat was in ${cluster}, and ${before.silent}`,
    };
  }
  return {
    is: "unknown",
    seen: before.silent ?? before.refused!,
    todo: `Start the cluster, or repair the way to it. If it is gone for good, \`${onStack(stack, "npm run down -- --cluster-is-gone")}\` forgets what was in it.`,
  };
}
