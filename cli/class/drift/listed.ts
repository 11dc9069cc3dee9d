import { unlessMissing, type Api } from "../../check/api";
import type { KubeObject } from "../../check/seat";

/** An object that is on the API server, known by its metadata alone: of what is in a Secret nothing is read. */
export interface Listed {
  readonly group: string;
  readonly kind: string;
  readonly metadata: KubeObject["metadata"];
  /** Where it is. */
  readonly path: string;
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** Lists of nothing but metadata: https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches */
const METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
/** What happens, and not what somebody made. */
const passing = new Set(["events", "endpoints", "endpointslices", "leases"]);

/** Everything in these namespaces, of every kind that the API server knows: nobody can tell beforehand what a trainee tries. */
export async function everythingIn(api: Api, namespaces: readonly string[]): Promise<Listed[]> {
  const { groups } = await api.json<{ groups: { preferredVersion: { groupVersion: string } }[] }>("GET", "/apis");
  const versions = ["/api/v1", ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)];
  const lists = await Promise.all(versions.map(async (version) => (await kindsOf(api, version)).map((resource) => ({ version, resource }))));
  const found = lists.flat().flatMap((one) => namespaces.map((namespace) => list(api, one.version, one.resource, namespace)));
  return (await Promise.all(found)).flat();
}

/** What can be listed and deleted, namespace by namespace. A group whose own server is away has nothing. */
async function kindsOf(api: Api, version: string): Promise<Resource[]> {
  const { code, text } = await api.answer("GET", version);
  if (code !== 200) return [];
  const { resources } = JSON.parse(text) as { resources: Resource[] };
  return resources.filter(({ name, namespaced, verbs }) => namespaced && !name.includes("/") && !passing.has(name) && ["list", "delete"].every((verb) => verbs.includes(verb)));
}

async function list(api: Api, version: string, { name, kind }: Resource, namespace: string): Promise<Listed[]> {
  const collection = `${version}/namespaces/${namespace}/${name}`;
  const { items } = await unlessMissing(api.json<{ items: { metadata: KubeObject["metadata"] }[] | null }>("GET", collection, { accept: METADATA }), { items: [] });
  const group = version === "/api/v1" ? "" : version.split("/")[2]!;
  return (items ?? []).map(({ metadata }) => ({ group, kind, metadata, path: `${collection}/${metadata.name}` }));
}
