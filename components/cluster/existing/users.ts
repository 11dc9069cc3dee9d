import { METADATA, type Thing, pathOf } from "./inventory";
import { titleOf, type Api } from "../../../kube";

/** Finds out who uses what a seat has installed. */

interface Definition {
  spec: { group: string; names: { plural: string; kind: string }; versions: { name: string; served: boolean }[] };
}

/** An object of one of the seat's CRDs. */
export interface Instance {
  /** `VirtualService shop/checkout`. */
  readonly name: string;
  readonly namespace?: string;
}

interface Listed {
  metadata: { name: string; namespace?: string; deletionTimestamp?: string };
  spec?: { controllerName?: string };
}

/** How many objects a message names at most. */
const NAMED = 10;

/** Lists the objects of these CRDs. @throws ApiError, Unreachable */
export async function instances(api: Api, kinds: readonly Thing[]): Promise<Instance[]> {
  return (
    await Promise.all(kinds.map(async (kind) => instancesOf(api, await api.get<Definition>(pathOf(kind)))))
  ).flat();
}

async function instancesOf(api: Api, { spec: { group, names, versions } }: Definition): Promise<Instance[]> {
  const version = versions.find(({ served }) => served)?.name;
  if (version === undefined) return [];
  const all = await api.list<Listed>(`/apis/${group}/${version}/${names.plural}`);
  // istiod creates its GatewayClasses itself.
  const theirs = all.filter(({ spec }) => !spec?.controllerName?.startsWith("istio.io/"));
  return theirs.map(({ metadata: { name, namespace } }) => ({
    name: titleOf({ kind: names.kind, metadata: { namespace, name } }),
    ...(namespace && { namespace }),
  }));
}

/** Explains that these objects would be deleted with their CRDs. */
export function instancesText(left: readonly Instance[]): string {
  const named = [
    ...left.slice(0, NAMED).map(({ name }) => name),
    ...(left.length > NAMED ? [`and ${left.length - NAMED} more`] : []),
  ].join(", ");
  return (
    `Others use the kinds that this seat brought: ${named}. Deleting the kinds would delete these objects too. ` +
    "Delete them, or move them to another cluster, and run the same command again."
  );
}

/**
 * Lists the Istios in the cluster: their istiods, and Helm's release Secrets. When the guard is deleted, the seat's
 * own are already gone.
 * @throws ApiError, Unreachable
 */
export async function istios(api: Api): Promise<string[]> {
  const named = async (kind: string, path: string, selector: string) =>
    (await api.list<Listed>(`${path}?labelSelector=${encodeURIComponent(selector)}`, { accept: METADATA }))
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata: { namespace, name } }) => `${kind} ${namespace}/${name}`);
  const found = await Promise.all([
    named("Deployment", "/apis/apps/v1/deployments", "app=istiod"),
    named("Secret", "/api/v1/secrets", "owner=helm,name in (istio-base,istiod)"),
  ]);
  return found.flat();
}
