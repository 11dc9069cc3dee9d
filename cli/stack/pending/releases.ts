import {
  manifestObjects,
  recordsOf,
  revisionOf,
  titleOf,
  unlessMissing,
  unpack,
  type Api,
  type RecordSecret,
  type WholeObject,
} from "../../../kube";
import type { Deployment, StateResource } from "../stack";
import { liveObject } from "./objects";
import type { Step } from "./step";

export const RELEASE = "kubernetes:helm.sh/v3:Release";

/** A Helm release as a pending operation names it. */
export interface PendingRelease {
  name: string;
  namespace: string;
}

/** @throws Error where the state does not say which release it is */
export function releaseOf({ inputs }: StateResource): PendingRelease {
  const { name, namespace } = (inputs ?? {}) as Partial<PendingRelease>;
  if (typeof name !== "string" || typeof namespace !== "string" || !name || !namespace)
    throw new Error("the state gives neither name nor namespace of the release");
  return { name, namespace };
}

/** Helm's records of a release, newest first. Empty where the namespace does not exist. */
export async function recordSecrets(api: Api, { name, namespace }: PendingRelease): Promise<RecordSecret[]> {
  const path = `/api/v1/namespaces/${namespace}/secrets?labelSelector=${encodeURIComponent(recordsOf(name))}`;
  const { items } = (await unlessMissing(api.get<{ items: RecordSecret[] | null }>(path))) ?? { items: [] };
  return (items ?? []).sort((a, b) => revisionOf(b) - revisionOf(a));
}

function secretPath({ namespace }: PendingRelease, { metadata }: RecordSecret): string {
  return `/api/v1/namespaces/${namespace}/secrets/${metadata.name}`;
}

export function recordDeletes(release: PendingRelease, secrets: readonly RecordSecret[]): NonNullable<Step["deletes"]> {
  return secrets.map((secret) => ({
    path: secretPath(release, secret),
    uid: secret.metadata.uid!,
    title: `Secret ${release.namespace}/${secret.metadata.name}`,
  }));
}

export function statusOf({ metadata }: RecordSecret): string {
  return metadata.labels?.status ?? "unknown";
}

/**
 * When this stack made the release's namespace. A release counts as the stack's own if its namespace is in the state
 * and is still the same object (uid).
 * @throws Error where it is not
 */
export async function ownNamespaceSince(
  api: Api,
  { resources }: Deployment,
  { namespace }: PendingRelease,
): Promise<string | undefined> {
  const live = await unlessMissing(api.get<WholeObject>(`/api/v1/namespaces/${namespace}`));
  if (live === undefined) return undefined;
  const known = resources.find(
    ({ type, outputs }) =>
      type === "kubernetes:core/v1:Namespace" &&
      (outputs?.metadata as WholeObject["metadata"] | undefined)?.name === namespace,
  );
  const { uid } = (known?.outputs?.metadata ?? {}) as WholeObject["metadata"];
  if (uid === undefined || uid !== live.metadata.uid)
    throw new Error(`namespace ${namespace} is not the one that this stack made`);
  return live.metadata.creationTimestamp;
}

/** What a killed run has made of a release in the cluster, and what must stay. */
export interface Remains {
  /** Objects to delete, with the path of each. */
  own: { path: string; live: WholeObject }[];
  /** Objects with these names that belong to others, as `ClusterRole istio-reader`. */
  foreign: string[];
}

/**
 * The existing objects of a release, according to the manifest in its records. An object is the release's own if
 * Helm's annotations say so and it is not older than the stack's namespace.
 * Objects that the chart marks to be kept (Istio's kinds) are deleted with the guard.
 * @throws ApiError, Unreachable
 */
export async function remainsOf(
  api: Api,
  release: PendingRelease,
  since: string,
  objects: readonly WholeObject[],
): Promise<Remains> {
  const remains: Remains = { own: [], foreign: [] };
  for (const object of objects) {
    const there = await liveObject(api, object, release.namespace);
    if (there === undefined) continue;
    const { annotations = {}, creationTimestamp = "" } = there.live.metadata;
    if (annotations["helm.sh/resource-policy"] === "keep") continue;
    const isIts =
      annotations["meta.helm.sh/release-name"] === release.name &&
      annotations["meta.helm.sh/release-namespace"] === release.namespace;
    if (isIts && Date.parse(creationTimestamp) >= Date.parse(since)) remains.own.push(there);
    else remains.foreign.push(titleOf(there.live));
  }
  // Delete webhooks first: without the server behind them they would refuse later requests. Delete the rest in reverse
  // order of creation, as Helm does.
  const isWebhook = ({ live }: Remains["own"][number]) => /WebhookConfiguration$/.test(live.kind);
  remains.own = [...remains.own.filter(isWebhook), ...remains.own.filter((there) => !isWebhook(there)).reverse()];
  return remains;
}

/** The objects of these records, each once. */
export function objectsOf(secrets: readonly RecordSecret[]): WholeObject[] {
  const all = secrets.flatMap((secret) => manifestObjects(unpack(secret).manifest ?? ""));
  return [...new Map(all.map((object) => [`${object.apiVersion} ${titleOf(object)}`, object])).values()];
}
