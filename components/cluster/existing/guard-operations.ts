import type { DynamicOperations } from "../module-shim";
import { Api, ApiError, Unreachable } from "./api";
import { removeKinds } from "./kinds";
import { requirements, type Wanted } from "./rules";
import { survey, type Survey } from "./survey";

export interface GuardInputs extends Omit<Wanted, "ours"> {
  /** Name of the context. */
  context: string;
  /** A kubeconfig with this context alone. */
  kubeconfig: string;
}

export interface GuardState extends GuardInputs {
  /** Of a node: where node ports are reached from outside. */
  nodeAddress: string;
  kubernetesVersion: string;
}

/** What module-shim.ts loads in Pulumi's dynamic plugin. The program itself never loads it. Its id is the cluster's own. */
export const guard: DynamicOperations<GuardInputs, GuardState> = {
  async diff(id, olds, news) {
    const found = await clusterOf(news).catch(unknown);
    if (found !== undefined && found !== id) throw new Error(anotherCluster(news.context));
    // Another kubeconfig of the same cluster: the next calls use it, and so does what is taken down.
    return { changes: (["context", "kubeconfig", "serviceType", "gatewayApi"] as const).some((key) => olds[key] !== news[key]) };
  },

  async create(inputs) {
    const seen = await look(inputs, false);
    return { id: seen.uid, outs: stateOf(inputs, seen) };
  },

  // It stays where the cluster does not answer: what is in it is there still. Only who says that it is not (`npm run up -- --heal`) has it forgotten.
  async read(id, props) {
    if (process.env.PULUMI_K8S_DELETE_UNREACHABLE !== "true") return { id, props };
    const isGone = await clusterOf(props).then((found) => found !== id, (error) => error instanceof Unreachable);
    return isGone ? { id: "", props: {} } : { id, props };
  },

  async update(_id, _olds, news) {
    return { outs: stateOf(news, await look(news, true)) };
  },

  async delete(_id, props) {
    await removeKinds(new Api(props.kubeconfig));
  },
};

/** @throws Error that tells everything that refuses the seat, before anything is made in the cluster. */
async function look(inputs: GuardInputs, ours: boolean): Promise<Survey> {
  const seen = await survey(new Api(inputs.kubeconfig), inputs.gatewayApi);
  const refused = requirements(seen, { ...inputs, ours }).filter(({ status }) => status === "refused");
  if (refused.length === 0) return seen;
  const lines = refused.map(({ name, seen, todo }) => `- ${name}: ${seen}.${todo === undefined ? "" : ` ${todo}`}`);
  throw new Error([`The cluster of context ${inputs.context} cannot have this seat:`, ...lines].join("\n"));
}

/** The id of the cluster that answers. @throws Unreachable, ApiError */
async function clusterOf({ kubeconfig }: GuardInputs): Promise<string> {
  const { metadata } = await new Api(kubeconfig).get<{ metadata: { uid: string } }>("/api/v1/namespaces/kube-system");
  return metadata.uid;
}

/** Where nobody says which cluster it is a preview goes on; what is to be done in it fails by itself. */
function unknown(error: unknown): undefined {
  if (error instanceof Unreachable) console.log(`${error.message}. What is in the cluster cannot be compared.`);
  else if (!(error instanceof ApiError)) throw error;
}

function anotherCluster(context: string): string {
  return (
    `The context ${context} leads to another cluster than the one this stack's seat is in. Make a second seat there with a stack of its own, ` +
    "or take this one down before (`npm run down`; `npm run down -- --cluster-is-gone` where its cluster is no more; `npm run up -- --heal` makes it anew in this one)."
  );
}

function stateOf(inputs: GuardInputs, { nodes, version }: Survey): GuardState {
  const node = nodes.find(({ usable }) => usable) ?? nodes[0];
  return { ...inputs, nodeAddress: node?.external[0] ?? node?.internal[0] ?? "", kubernetesVersion: version.text };
}
