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

/** What Helm keeps of a release, newest first; none where there is no such namespace. */
export async function recordSecrets(api: Api, { name, namespace }: PendingRelease): Promise<RecordSecret[]> {
  const path = `/api/v1/namespaces/${namespace}/secrets?labelSelector=${encodeURIComponent(recordsOf(name))}`;
  const { items } = (await unlessMissing(api.get<{ items: RecordSecret[] | null }>(path))) ?? { items: [] };
  return (items ?? []).sort((a, b) => revisionOf(b) - revisionOf(a));
}

function secretPath({ namespace }: PendingRelease, { metadata }: RecordSecret): string {
  return `/api/v1/namespaces/${namespace}/secrets/${metadata.name}`;
}

/** What deletes these records of a release. */
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
 * When the release's namespace was made by this stack. A release is its own by that: it is in a namespace that the state has, and that is still the very same.
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

/** What of a release a killed run has made in the cluster, and what has to stay. */
export interface Remains {
  /** To be deleted, with the path of each. */
  own: { path: string; live: WholeObject }[];
  /** Of these names, but of somebody else, as `ClusterRole istio-reader`. */
  foreign: string[];
}

/**
 * The objects of a release that are there, by the manifest in its records. The release's own are those that say so in Helm's annotations and are no older
 * than the namespace that the stack made for it. What its chart keeps (Istio's kinds) goes with the guard.
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
  // Webhooks first: without the server behind them they would refuse what comes after. Then as Helm does, the last made first.
  const isWebhook = ({ live }: Remains["own"][number]) => /WebhookConfiguration$/.test(live.kind);
  remains.own = [...remains.own.filter(isWebhook), ...remains.own.filter((there) => !isWebhook(there)).reverse()];
  return remains;
}

/** The objects of these records, each once. */
export function objectsOf(secrets: readonly RecordSecret[]): WholeObject[] {
  const all = secrets.flatMap((secret) => manifestObjects(unpack(secret).manifest ?? ""));
  return [...new Map(all.map((object) => [`${object.apiVersion} ${titleOf(object)}`, object])).values()];
}
