import { isIPv4 } from "node:net";
import { onStack } from "../../../base/advice";
import type { DynamicOperations } from "../module-shim";
import { Api, ApiError, Unreachable } from "../../../kube";
import { clusterId } from "./cluster-id";
import { leaveMarker, recordOf, type ClusterOwner } from "./marker";
import { requirements, type Wanted } from "./rules";
import { survey, type Survey, type SurveyedNode } from "./survey";
import { takeAway } from "./take-away";

export interface GuardInputs extends Omit<Wanted, "ours" | "seat">, ClusterOwner {
  /** Name of the context. */
  context: string;
  /** A kubeconfig with this context alone. */
  kubeconfig: string;
}

/** A guard that was created before seats had ids has no owner. */
export type GuardState = Omit<GuardInputs, keyof ClusterOwner> &
  Partial<ClusterOwner> & {
    /** Address of a node, at which node ports are reached from outside. */
    nodeAddress: string;
    kubernetesVersion: string;
  };

/**
 * The guard's operations. module-shim.ts loads them in Pulumi's dynamic plugin; the program itself never does. The
 * resource's id is the cluster's id.
 */
export const guard: DynamicOperations<GuardInputs, GuardState> = {
  async diff(id, olds, news) {
    const found = await clusterOf(news).catch(unknown);
    if (found !== undefined && found !== id) throw new Error(anotherCluster(news));
    // A changed kubeconfig for the same cluster is an update: later calls, and the deletion of the seat, use the new
    // one.
    return {
      changes: (["context", "kubeconfig", "serviceType", "gatewayApi", "seat"] as const).some(
        (key) => olds[key] !== news[key],
      ),
    };
  },

  async create(inputs) {
    const seen = await look(inputs, false);
    if (seen.marker === undefined) await leaveMarker(new Api(inputs.kubeconfig), inputs, recordOf(seen.inventory));
    return { id: seen.uid, outs: stateOf(inputs, seen) };
  },

  // The seat counts as gone only where another cluster answers in place of its own. A cluster that does not answer
  // may be switched off, with the whole seat still in it.
  async read(id, props) {
    if (process.env.PULUMI_K8S_DELETE_UNREACHABLE !== "true") return { id, props };
    const found = await clusterOf(props).catch(() => id);
    return found !== id ? { id: "", props: {} } : { id, props };
  },

  // A seat that is older than the markers gets a marker without a record: nobody knows any more what was in the
  // cluster before it.
  async update(_id, _olds, news) {
    const seen = await look(news, true);
    if (seen.marker === undefined) await leaveMarker(new Api(news.kubeconfig), news, undefined);
    return { outs: stateOf(news, seen) };
  },

  // Pulumi shows these lines in its output.
  async delete(id, props) {
    await takeAway(new Api(props.kubeconfig), id, props.seat, (line) => console.log(line));
  },
};

/**
 * Surveys the cluster before anything is created in it. @throws Error that lists every finding that refuses the seat
 */
async function look(inputs: GuardInputs, ours: boolean): Promise<Survey> {
  const seen = await survey(new Api(inputs.kubeconfig), inputs.gatewayApi);
  // A marker with this seat's id is from a run of this stack that was killed.
  const refused = requirements(seen, { ...inputs, ours: ours || seen.marker?.seat === inputs.seat }).filter(
    ({ status }) => status === "refused",
  );
  if (refused.length === 0) return seen;
  const lines = refused.map(({ name, seen, todo }) => `- ${name}: ${seen}.${todo === undefined ? "" : ` ${todo}`}`);
  throw new Error([`The cluster of context ${inputs.context} cannot have this seat:`, ...lines].join("\n"));
}

/** Returns the id of the cluster that answers. @throws Unreachable, ApiError */
function clusterOf({ kubeconfig }: Pick<GuardInputs, "kubeconfig">): Promise<string> {
  return clusterId(new Api(kubeconfig));
}

/**
 * Lets a preview continue where the cluster cannot be identified. Any operation that needs the cluster fails by
 * itself.
 */
function unknown(error: unknown): undefined {
  if (error instanceof Unreachable) console.log(`${error.message}. What is in the cluster cannot be compared.`);
  else if (!(error instanceof ApiError)) throw error;
}

function anotherCluster({ context, stack }: GuardInputs): string {
  const [down, up] = [onStack(stack, "npm run down"), onStack(stack, "npm run up")];
  return (
    `The context ${context} leads to another cluster than the one this stack's seat is in. Make a second seat there in its own stack, ` +
    `or take this one down first: \`${down}\`. If its cluster no longer exists: \`${down} --cluster-is-gone\`. \`${up} --heal\` recreates it in this one.`
  );
}

function stateOf(inputs: GuardInputs, { nodes, version }: Survey): GuardState {
  const node = nodes.find(({ usable }) => usable) ?? nodes[0];
  return { ...inputs, nodeAddress: addressOf(node), kubernetesVersion: version.text };
}

/** Chooses an external address before an internal one, and an IPv4 address where there is one. */
function addressOf(
  { external, internal }: Pick<SurveyedNode, "external" | "internal"> = { external: [], internal: [] },
) {
  const all = [...external, ...internal];
  return all.find((address) => isIPv4(address)) ?? all[0] ?? "";
}
