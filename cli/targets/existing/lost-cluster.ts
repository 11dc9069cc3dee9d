import { onStack } from "../../../base/advice";
import { dynamicType } from "../../../components/cluster/dynamic-type";
import { clusterId } from "../../../components/cluster/existing/cluster-id";
import { readMarker, seatOf } from "../../../components/cluster/existing/marker";
import { ourKinds } from "../../../components/cluster/existing/ours";
import { instances, instancesText } from "../../../components/cluster/existing/users";
import { UserError } from "../../../base/errors";
import { Api, ApiError, idOf, NoCredentials, Unreachable } from "../../../kube";
import { kubeconfigNow } from "./chosen-kubeconfig";
import { foreignOf, foreignText, madeNamespaces } from "./foreign";
import { ownSeat } from "../../preflight/own-seat";
import { exportStack, type Deployment } from "../../stack/stack";
import { importStack, pulumiOutput, type Workspace } from "../../stack/workspace";

export interface LeavingOptions {
  /** Also deletes what others have put into the namespaces that the stack has made. @default false */
  readonly withForeign?: boolean;
}

/**
 * Checks an existing cluster before a destroy. Refuses a cluster that does not answer, because the engine would fail
 * at every object.
 * Refuses also where others have objects in the namespaces, or use the kinds, that would be deleted.
 * @throws UserError
 */
export async function requireLeavable(
  workspace: Workspace,
  stack: string,
  { withForeign = false }: LeavingOptions = {},
): Promise<void> {
  const deployment = await exportStack(workspace, stack, "with secrets");
  const kubeconfig = kubeconfigOf(deployment);
  if (kubeconfig === undefined) return;
  try {
    const api = new Api(kubeconfig);
    const { cluster, seat } = ownSeat(deployment);
    if ((await clusterId(api)) !== cluster) throw new Unreachable(`Another cluster answers at ${api.server}`, false);
    const marker = await readMarker(api);
    if (marker !== undefined && seat !== undefined && marker.seat !== seat) {
      throw new UserError(
        `Nothing has been deleted. The cluster has ${seatOf(marker)} now, so its objects do not belong to stack ${stack}, whose seat is ${seat}.`,
      );
    }
    // Objects that a killed run was making are this stack's. They are looked up later.
    const all = [...deployment.resources, ...begun(deployment)];
    const foreign = withForeign ? undefined : foreignText(stack, await foreignOf(kubeconfig, all));
    if (foreign !== undefined) throw new UserError(foreign);
    const own = new Set(all.map(objectOf));
    const namespaces = madeNamespaces(deployment.resources);
    const users = await instances(api, await ourKinds(api, marker?.record));
    const left = users.filter(({ name, namespace }) => !own.has(name) && !namespaces.has(namespace ?? ""));
    if (left.length > 0) throw new UserError(`Nothing has been deleted. ${instancesText(left)}`);
  } catch (error) {
    if (error instanceof ApiError)
      throw new UserError(`${refusalText(stack, error)}\nNothing has been deleted. ${credentialsText(stack)}`);
    if (!(error instanceof Unreachable)) throw error;
    throw new UserError(
      `${error.message}.\nNothing has been deleted: what stack ${stack} has made can only be deleted while its cluster answers. Start it, or repair the way to it, and run the ` +
        `same command again. If it is gone for good, \`${onStack(stack, "npm run down -- --cluster-is-gone")}\` forgets what was in it.`,
    );
  }
}

/**
 * `down --cluster-is-gone`: drops everything that the stack has made from the state, without asking the cluster.
 * @throws UserError unless nothing answers or another cluster does. After any other answer it is unknown whose cluster
 * it is.
 */
export async function forget(workspace: Workspace, stack: string): Promise<string> {
  const deployment = await exportStack(workspace, stack, "with secrets");
  await requireGone(deployment, stack, await kubeconfigNow(workspace, stack));
  const checkpoint = JSON.parse(await pulumiOutput(workspace, ["stack", "export", "--stack", stack])) as {
    deployment: { resources?: unknown[]; pending_operations?: unknown };
  };
  const count = checkpoint.deployment.resources?.length ?? 0;
  checkpoint.deployment.resources = [];
  delete checkpoint.deployment.pending_operations;
  await importStack(workspace, stack, checkpoint);
  return `Stack ${stack} has forgotten its ${count} resources; no cluster was asked to delete anything.`;
}

/**
 * @param given the kubeconfig that the stack's config selects now. The cluster may have moved to another address since
 * the seat was made.
 * @throws UserError unless nothing answers or another cluster does
 */
export async function requireGone(deployment: Deployment, stack: string, given: string | undefined): Promise<void> {
  const { cluster } = ownSeat(deployment);
  const kubeconfig = kubeconfigOf(deployment);
  if (kubeconfig === undefined || cluster === undefined) {
    if (!deployment.resources.some(({ type }) => type.startsWith("kubernetes:"))) return;
    throw new UserError(
      `--cluster-is-gone: the state of stack ${stack} has objects, and does not say which cluster they are in. Nothing has been forgotten.`,
    );
  }
  const before = await whoAnswers(kubeconfig);
  const now = given === undefined || given === kubeconfig ? undefined : await whoAnswers(given);
  const answers = [before, ...(now === undefined ? [] : [now])];
  if (answers.some(({ uid }) => uid === cluster)) {
    throw new UserError(
      `--cluster-is-gone: the cluster of stack ${stack} answers. \`${onStack(stack, "npm run down")}\` deletes what the stack has made there, and nothing else.`,
    );
  }
  // A server with an unknown certificate at the old address counts as another cluster only if the config's kubeconfig
  // now reaches another cluster.
  const unclear = answers.find(
    ({ error }) => error !== undefined && !(error instanceof Unreachable && (error.nobody || now?.uid !== undefined)),
  );
  if (unclear !== undefined) throw new UserError(`--cluster-is-gone: ${unclearText(stack, unclear)}`);
}

interface Answer {
  readonly server: string;
  /** Id of the cluster. */
  readonly uid?: string;
  readonly error?: ApiError | Unreachable;
}

async function whoAnswers(kubeconfig: string): Promise<Answer> {
  const api = new Api(kubeconfig);
  try {
    return { server: api.server, uid: await clusterId(api) };
  } catch (error) {
    if (error instanceof ApiError || error instanceof Unreachable) return { server: api.server, error };
    throw error;
  }
}

function unclearText(stack: string, { server, error }: Answer): string {
  if (error instanceof ApiError)
    return `${refusalText(stack, error)}\nSo it is not known to be gone, and nothing has been forgotten. ${credentialsText(stack)}`;
  return (
    `something answers at ${server}, and its identity is unknown: ${error!.message}.\nNothing has been forgotten. Repair the way to the cluster, and run the same command again. If another cluster has that address now, let ` +
    `istio-lab:existing.kubeconfig lead to that one first.`
  );
}

function refusalText(stack: string, error: ApiError): string {
  if (error instanceof NoCredentials)
    return `The cluster of stack ${stack} was not asked: its kubeconfig gives ${error.message}.`;
  return `The cluster of stack ${stack} answers ${error.code}: ${error.message}.`;
}

function credentialsText(stack: string): string {
  return `The credentials in the stack's state may have expired: \`${onStack(stack, "npm run up")}\` takes the present kubeconfig.`;
}

/** The kubeconfig with which the guard was made; undefined where the stack has no seat in an existing cluster. */
export function kubeconfigOf({ resources }: Deployment): string | undefined {
  const { kubeconfig } = resources.find(({ type }) => type === dynamicType("Guard"))?.outputs ?? {};
  const secret = kubeconfig as { plaintext?: string } | undefined;
  return secret?.plaintext === undefined ? undefined : (JSON.parse(secret.plaintext) as string);
}

/** The resources that a killed run was making, with the id that each would have got. */
function begun({ operations = [] }: Deployment): Deployment["resources"] {
  return operations.flatMap(({ type, resource }) => {
    const { namespace, name } = (resource.inputs?.metadata ?? {}) as { namespace?: string; name?: string };
    return type === "creating" ? [{ ...resource, id: resource.id ?? idOf({ namespace, name }) }] : [];
  });
}

/** The object's name in the format of `instances`. */
function objectOf({ inputs, outputs }: Deployment["resources"][number]): string {
  const { kind, metadata } = (outputs ?? inputs ?? {}) as {
    kind?: string;
    metadata?: { name?: string; namespace?: string };
  };
  return `${kind} ${idOf(metadata ?? {})}`;
}
