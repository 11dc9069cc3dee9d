import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, type Api } from "./api";

/** Kinds of which a Helm release has kept the definitions, as Istio's chart does. */
interface Definition {
  metadata: { name: string; annotations?: Record<string, string> };
  spec: { group: string; names: { plural: string; kind: string }; versions: { name: string; served: boolean }[] };
}

/** An object of such a kind. */
interface Instance {
  metadata: { name: string; namespace?: string };
  spec?: { controllerName?: string };
}

/** Releases of this program that bring kinds (istio.ts), as they note themselves on what they made. */
const bringers = ["istio-base", "gateway-api"];
const NAMESPACE = "istio-system";
/** Milliseconds until a kind that is being deleted has to be gone. */
const PATIENCE = 60_000;
/** How many objects a message names. */
const NAMED = 10;

/** The objects of others in the kinds that this program's releases have brought, as `VirtualService shop/checkout`. */
export async function strangers(api: Api): Promise<string[]> {
  return (await Promise.all((await broughtKinds(api)).map((definition) => instances(api, definition)))).flat();
}

/**
 * Takes away what Helm leaves: the kinds that this program's releases have brought, and what istiod has put into every namespace.
 * @throws Error, before anything is taken, naming the objects of these kinds that are still there: with its kind each of them would go; or where a kind does
 * not go within a minute
 */
export async function removeKinds(api: Api): Promise<void> {
  const kinds = await broughtKinds(api);
  const left = await strangers(api);
  if (left.length > 0) throw new Error(strangersText(left));
  await Promise.all(kinds.map(({ metadata }) => remove(api, `${DEFINITIONS}/${metadata.name}`)));
  await removeIstiodsConfigMaps(api);
  const end = Date.now() + PATIENCE;
  for (;;) {
    const rest = (await broughtKinds(api)).map(({ metadata }) => metadata.name);
    if (rest.length === 0) return;
    if (Date.now() > end) throw new Error(`Not gone after ${PATIENCE / 1000} s: ${rest.join(", ")}. Does an object of theirs wait for a finalizer?`);
    await sleep(250);
  }
}

/** What to say of objects that would go with their kinds. */
export function strangersText(left: readonly string[]): string {
  const named = [...left.slice(0, NAMED), ...(left.length > NAMED ? [`and ${left.length - NAMED} more`] : [])].join(", ");
  return (
    `The kinds that this seat has brought are used by others: ${named}. They would go with their kinds. ` +
    "Delete them, or move them to another cluster, and run the same command again."
  );
}

const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** The kinds that this program's releases have brought and that are there. */
export async function broughtKinds(api: Api): Promise<Definition[]> {
  const all = await api.list<Definition>(DEFINITIONS);
  return all.filter(({ metadata: { annotations = {} } }) => annotations["meta.helm.sh/release-namespace"] === NAMESPACE && bringers.includes(annotations["meta.helm.sh/release-name"] ?? ""));
}

async function instances(api: Api, { spec: { group, names, versions } }: Definition): Promise<string[]> {
  const version = versions.find(({ served }) => served)?.name;
  if (version === undefined) return [];
  const all = await api.list<Instance>(`/apis/${group}/${version}/${names.plural}`);
  // istiod makes its GatewayClasses by itself.
  return all.filter(({ spec }) => !spec?.controllerName?.startsWith("istio.io/")).map(({ metadata }) => `${names.kind} ${[metadata.namespace, metadata.name].filter(Boolean).join("/")}`);
}

/** Which istiod makes in every namespace, with the label that is asked for. */
const istiods = ["istio-ca-root-cert", "istio-ca-crl"];

/** What istiod has put into every namespace. */
export async function istiodsConfigMaps(api: Api): Promise<Instance[]> {
  return (await api.list<Instance>("/api/v1/configmaps?labelSelector=istio.io%2Fconfig%3Dtrue")).filter(({ metadata }) => istiods.includes(metadata.name));
}

async function removeIstiodsConfigMaps(api: Api): Promise<void> {
  const ours = await istiodsConfigMaps(api);
  await Promise.all(ours.map(({ metadata: { name, namespace } }) => remove(api, `/api/v1/namespaces/${namespace}/configmaps/${name}`)));
}

async function remove(api: Api, path: string): Promise<void> {
  await api.request("DELETE", path).catch((error: unknown) => {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  });
}
