import { dynamicType } from "../../../components/cluster/dynamic-type";
import { Api } from "../../../kube";
import { clusterId } from "../../../components/cluster/existing/cluster-id";
import { chooseContext } from "../../../components/cluster/existing/kubeconfig";
import { seatStatus, startSeat } from "../../../embedded";
import { seatFolder } from "../../../base/paths";
import { UserError } from "../../../base/errors";
import { settingsOf } from "../settings";
import type { Deployment, PendingOperation, StateResource } from "../stack";
import type { Workspace } from "../workspace";

/** The guard of a seat in an existing cluster. Its id is the cluster's own id. */
export function guardOf({ resources }: Deployment): StateResource | undefined {
  return resources.find(({ type }) => type === dynamicType("Guard"));
}

/**
 * The existing cluster, through the kubeconfig that the engine is about to use. It must be the cluster of the stack's
 * seat.
 * @throws UserError where another cluster answers; ApiError, Unreachable
 */
export async function somebodysCluster(
  workspace: Workspace,
  stack: string,
  state: Deployment,
  command: "up" | "down",
): Promise<Api> {
  const guard = guardOf(state)!;
  const api = new Api(
    command === "down" ? secretText(guard.outputs?.kubeconfig) : await chosenKubeconfig(workspace, stack),
  );
  if ((await clusterId(api)) !== guard.id)
    throw new UserError(
      `The cluster that answers at ${api.server} is not the one that has the seat of stack ${stack}.`,
    );
  return api;
}

async function chosenKubeconfig(workspace: Workspace, stack: string): Promise<string> {
  return chooseContext((await settingsOf(workspace, stack)).existing).text;
}

/**
 * A cluster that the stack has made, through the kubeconfig of the operation's provider. Undefined where the state has
 * no such provider.
 */
export async function ownCluster(
  stack: string,
  { resources }: Deployment,
  { resource }: PendingOperation,
): Promise<Api | undefined> {
  const provider = resources.find(({ urn, id }) => `${urn}::${id}` === resource.provider);
  // A provider of an existing cluster whose guard `--heal` has just dropped: that cluster is gone, and the operation
  // with it.
  if (provider?.inputs?.kubeconfig === undefined || provider.urn.includes("istio-lab:cluster:Existing$"))
    return undefined;
  await startStopped(stack, resources);
  return new Api(secretText(provider.inputs.kubeconfig));
}

/** Starts a stopped embedded seat. Otherwise the run would start it first and Helm would then refuse the release. */
async function startStopped(stack: string, resources: readonly StateResource[]): Promise<void> {
  if (!resources.some(({ type }) => type === dynamicType("Machine"))) return;
  const folder = seatFolder(stack);
  if ((await seatStatus(folder)).state === "stopped") await startSeat(folder);
}

/** A text from the state. A secret is stored as JSON. */
function secretText(value: unknown): string {
  const { plaintext } = (value ?? {}) as { plaintext?: string };
  return plaintext === undefined ? String(value) : (JSON.parse(plaintext) as string);
}
