import { ApiRefusal, unlessMissing, type Api } from "../../check/api";
import type { KubeObject } from "../../check/seat";
import type { NotAsked } from "./model";

/** An object that is on the API server, known by its metadata alone: of what is in a Secret nothing is read. */
export interface Listed {
  readonly group: string;
  readonly kind: string;
  readonly metadata: Metadata;
  /** Where it is. */
  readonly path: string;
}

type Metadata = KubeObject["metadata"] & { readonly uid?: string };

/** What the API server said, and what it did not say. */
export interface Listing {
  readonly objects: readonly Listed[];
  /** What could not be asked. It is not empty: nobody knows what is there. */
  readonly notAsked: readonly NotAsked[];
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** A kind, and the version that it is asked for by. */
interface Asked {
  readonly version: string;
  readonly resource: Resource;
}

/** Lists of nothing but metadata: https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches */
const METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
/** What happens, and not what somebody made. */
const passing = new Set(["events", "endpoints", "endpointslices", "leases"]);

/** Everything in these namespaces, of every kind that the API server knows: nobody can tell beforehand what a trainee tries. */
export async function everythingIn(api: Api, namespaces: readonly string[]): Promise<Listing> {
  const { groups } = await api.json<{ groups: { preferredVersion: { groupVersion: string }; versions?: { groupVersion: string }[] }[] }>("GET", "/apis");
  // Istio's EnvoyFilter is no part of its group's preferred version: each kind is asked for by the first version that knows it.
  const apis = [["/api/v1"], ...groups.map(({ preferredVersion, versions = [] }) => [...new Set([preferredVersion, ...versions].map(({ groupVersion }) => `/apis/${groupVersion}`))])];
  const found = await Promise.all(apis.map((versions) => kindsOf(api, versions)));
  const lists = await Promise.all(found.flatMap(({ asked }) => asked.flatMap((one) => namespaces.map((namespace) => list(api, one, namespace)))));
  return { objects: lists.flatMap(({ objects }) => objects), notAsked: [...found, ...lists].flatMap(({ notAsked }) => notAsked) };
}

/** The namespaces of the cluster by name, with their uids. @throws ApiRefusal */
export async function namespaceUids(api: Api): Promise<ReadonlyMap<string, string>> {
  const { items } = await api.json<{ items: { metadata: Metadata }[] | null }>("GET", "/api/v1/namespaces", { accept: METADATA });
  return new Map((items ?? []).map(({ metadata }) => [metadata.name, metadata.uid ?? ""]));
}

/** What of a group can be listed and deleted, namespace by namespace. */
async function kindsOf(api: Api, versions: readonly string[]): Promise<{ asked: Asked[]; notAsked: NotAsked[] }> {
  const answers = await Promise.all(versions.map(async (version) => ({ version, ...(await api.answer("GET", version)) })));
  const asked = new Map<string, Asked>();
  const notAsked: NotAsked[] = [];
  for (const { version, code, text } of answers) {
    if (code === 404) continue;
    if (code !== 200) notAsked.push({ what: version.replace(/^\/apis?\//, ""), why: `the API server answered ${code}` });
    else for (const resource of (JSON.parse(text) as { resources: Resource[] }).resources) if (isListed(resource) && !asked.has(resource.name)) asked.set(resource.name, { version, resource });
  }
  return { asked: [...asked.values()], notAsked };
}

function isListed({ name, namespaced, verbs }: Resource): boolean {
  return namespaced && !name.includes("/") && !passing.has(name) && ["list", "delete"].every((verb) => verbs.includes(verb));
}

async function list(api: Api, { version, resource: { name, kind } }: Asked, namespace: string): Promise<Listing> {
  const collection = `${version}/namespaces/${namespace}/${name}`;
  const group = version === "/api/v1" ? "" : version.split("/")[2]!;
  try {
    const { items } = await unlessMissing(api.json<{ items: { metadata: Metadata }[] | null }>("GET", collection, { accept: METADATA }), { items: [] });
    return { objects: (items ?? []).map(({ metadata }) => ({ group, kind, metadata, path: `${collection}/${metadata.name}` })), notAsked: [] };
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    return { objects: [], notAsked: [{ what: `${group === "" ? name : `${name}.${group}`} in ${namespace}`, why: error.message, namespace }] };
  }
}
