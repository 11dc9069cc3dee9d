import { type Api, ApiError, type KubeObject, unlessMissing } from "../../kube";
import { mapAt, mapsAt, textAt } from "../seat/json";
import { isClusters } from "../inventory/managers";
import type { NotAsked } from "./model";
import type { Deployment } from "../stack/stack";

/** An object on the API server, by its metadata only. The content of Secrets is never read. */
export interface Listed {
  readonly group: string;
  readonly kind: string;
  readonly metadata: Metadata;
  /** Its API path. */
  readonly path: string;
}

type Metadata = KubeObject["metadata"] & { readonly uid?: string };

/** What the API server listed, and what it did not answer. */
interface Listing {
  readonly objects: readonly Listed[];
  /** What could not be listed. That does not mean it is empty. */
  readonly notAsked: readonly NotAsked[];
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** A kind, and the API version to ask with. */
interface Asked {
  readonly version: string;
  readonly resource: Resource;
}

/** Lists metadata only: https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches */
const METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
/** Kinds that controllers write about events, not objects that somebody created. */
const passing = new Set(["events", "endpoints", "endpointslices", "leases"]);

/**
 * Lists everything in these namespaces, of every kind that the API server knows, because a trainee may try any of them.
 */
export async function everythingIn(api: Api, namespaces: readonly string[]): Promise<Listing> {
  const { groups } = await api.request<{
    groups: { preferredVersion: { groupVersion: string }; versions?: { groupVersion: string }[] }[];
  }>("GET", "/apis");
  // Asks for each kind in the first version that knows it. Istio's EnvoyFilter is not in its group's preferred version.
  const apis = [
    ["/api/v1"],
    ...groups.map(({ preferredVersion, versions = [] }) => [
      ...new Set([preferredVersion, ...versions].map(({ groupVersion }) => `/apis/${groupVersion}`)),
    ]),
  ];
  const found = await Promise.all(apis.map((versions) => kindsOf(api, versions)));
  const lists = await Promise.all(
    found.flatMap(({ asked }) => asked.flatMap((one) => namespaces.map((namespace) => list(api, one, namespace)))),
  );
  return {
    objects: lists.flatMap(({ objects }) => objects),
    notAsked: [...found, ...lists].flatMap(({ notAsked }) => notAsked),
  };
}

/** Returns the cluster's namespaces by name, with their uids. @throws ApiError */
export async function namespaceUids(api: Api): Promise<ReadonlyMap<string, string>> {
  const { items } = await api.request<{ items: { metadata: Metadata }[] | null }>("GET", "/api/v1/namespaces", {
    accept: METADATA,
  });
  return new Map((items ?? []).map(({ metadata }) => [metadata.name, metadata.uid ?? ""]));
}

/** Returns the namespaced kinds of a group that can be listed and deleted. */
async function kindsOf(api: Api, versions: readonly string[]): Promise<{ asked: Asked[]; notAsked: NotAsked[] }> {
  const answers = await Promise.all(
    versions.map(async (version) => ({ version, ...(await api.answer("GET", version)) })),
  );
  const asked = new Map<string, Asked>();
  const notAsked: NotAsked[] = [];
  for (const { version, code, text } of answers) {
    if (code === 404) continue;
    if (code !== 200)
      notAsked.push({ what: version.replace(/^\/apis?\//, ""), why: `the API server answered ${code}` });
    else
      for (const resource of (JSON.parse(text) as { resources: Resource[] }).resources)
        if (isListed(resource) && !asked.has(resource.name)) asked.set(resource.name, { version, resource });
  }
  return { asked: [...asked.values()], notAsked };
}

function isListed({ name, namespaced, verbs }: Resource): boolean {
  return (
    namespaced && !name.includes("/") && !passing.has(name) && ["list", "delete"].every((verb) => verbs.includes(verb))
  );
}

async function list(api: Api, { version, resource: { name, kind } }: Asked, namespace: string): Promise<Listing> {
  const collection = `${version}/namespaces/${namespace}/${name}`;
  const group = version === "/api/v1" ? "" : version.split("/")[2]!;
  try {
    const { items } = await unlessMissing(
      api.request<{ items: { metadata: Metadata }[] | null }>("GET", collection, { accept: METADATA }),
      { items: [] },
    );
    return {
      objects: (items ?? []).map(({ metadata }) => ({ group, kind, metadata, path: `${collection}/${metadata.name}` })),
      notAsked: [],
    };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return {
      objects: [],
      notAsked: [
        { what: `${group === "" ? name : `${name}.${group}`} in ${namespace}`, why: error.message, namespace },
      ],
    };
  }
}

/**
 * Controllers create these in every namespace, and again after a deletion. An empty ServiceAccount does not record its
 * writer.
 */
const everywhere = new Set([
  "ConfigMap kube-root-ca.crt",
  "ConfigMap istio-ca-root-cert",
  "ConfigMap istio-ca-crl",
  "ServiceAccount default",
]);

/** Whether the cluster created the object: only its own programs wrote it, or another object owns it. */
export function isClustersOwn({ group, kind, metadata }: Listed): boolean {
  // A claim always counts as somebody's, because it holds data. A StatefulSet's controller creates claims too, and may
  // own them.
  if (isClaim({ group, kind })) return false;
  const { component, provider } = mapAt(metadata, "labels");
  const writers = writersOf(metadata);
  return (
    mapsAt(metadata, "ownerReferences").length > 0 ||
    (group === "" && everywhere.has(`${kind} ${metadata.name}`)) ||
    // The API server's own Service:
    // https://github.com/kubernetes/kubernetes/blob/v1.34.2/pkg/controlplane/controller/kubernetesservice/controller.go
    (kind === "Service" && component === "apiserver" && provider === "kubernetes") ||
    (writers.length > 0 && writers.every((writer) => isClusters(writer)))
  );
}

/** The writer of the object that is not a program of the cluster, if any; otherwise one of the cluster's. */
export function writerOf({ metadata }: Listed): string | undefined {
  const writers = writersOf(metadata);
  return writers.find((writer) => !isClusters(writer)) ?? writers[0];
}

function writersOf(metadata: Listed["metadata"]): string[] {
  return mapsAt(metadata, "managedFields").flatMap((entry) => textAt(entry, "manager") ?? []);
}

/** Whether the kind is a PersistentVolumeClaim. */
export function isClaim({ group, kind }: Pick<Listed, "group" | "kind">): boolean {
  return group === "" && kind === "PersistentVolumeClaim";
}

/** A state's objects by group, kind, namespace and name, with the uid that Pulumi last saw. */
export interface StateUids {
  has(group: string, kind: string, namespace: string | undefined, name: string): boolean;
  /** Undefined where the state has no such object, or no uid for it. */
  uid(group: string, kind: string, namespace: string | undefined, name: string): string | undefined;
}

export function stateUids(resources: Deployment["resources"]): StateUids {
  const uids = new Map(
    resources
      .filter(({ type }) => type.startsWith("kubernetes:"))
      .map(({ type, id, inputs, outputs }) => {
        const [name, namespace] = (id ?? textAt(inputs, "metadata", "name") ?? "").split("/").reverse() as [
          string,
          string | undefined,
        ];
        // An id without a namespace means the namespace default, or a kind without namespaces.
        return [
          keyOf(
            groupIn(type),
            type
              .split(":")
              .at(-1)!
              .replace(/Patch$/, ""),
            namespace,
            name,
          ),
          textAt(outputs, "metadata", "uid"),
        ];
      }),
  );
  return { has: (...key) => uids.has(keyOf(...key)), uid: (...key) => uids.get(keyOf(...key)) };
}

function keyOf(group: string, kind: string, namespace: string | undefined, name: string): string {
  return `${group} ${kind} ${namespace ?? "default"}/${name}`;
}

/** `networking.istio.io` in `kubernetes:networking.istio.io/v1:VirtualService`. The core group has no name. */
function groupIn(type: string): string {
  const group = type.split(":")[1]!.split("/")[0]!;
  return group === "core" ? "" : group;
}
