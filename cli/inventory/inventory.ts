import { isMap } from "../../base/values";
import {
  type KubeObject,
  manifestObjects,
  readManifest,
  type RecordSecret,
  revisionOf,
  unpack,
  type Unreadable,
  versionPath,
  type WholeObject,
} from "../../kube";
import { systemManifests } from "../../embedded";
import { at, mapsAt, textAt } from "../seat/json";
import type { StateResource } from "../stack/stack";
import { differences } from "./compare";
import { isHand, REPAIR } from "./managers";

/** Who made an object, and so knows what it should be. */
export type Owner =
  | {
      readonly by: "pulumi";
      readonly urn: string;
      /** The field manager with which Pulumi applies it. */
      readonly manager: string;
      /** A Patch resource has a few fields of an object that somebody else made. */
      readonly isPatch: boolean;
      /** The uid that Pulumi has last seen. */
      readonly uid?: string;
    }
  | { readonly by: "chart"; readonly urn: string; readonly release: string; readonly manager: string }
  /** The setup of a cluster that is the seat's own, before Pulumi comes: DNS and storage. */
  | { readonly by: "cluster"; readonly manager: string };

/** One object that the seat is made of. */
export interface Entry {
  readonly owner: Owner;
  /** As its owner made it. */
  readonly made: WholeObject;
  /** Its API path. Undefined where the cluster does not know its kind, or nobody could ask. */
  readonly path?: string;
  /** As it is. Undefined where it is gone, or nobody could ask. */
  readonly live?: KubeObject;
  /** Why nobody could ask. */
  readonly unknown?: string;
  /** The object is somebody else's, and what others wrote to it is theirs. */
  readonly isShared?: true;
}

/** A Helm release of the state, with what Helm's own record in the cluster says of it. */
export interface Release {
  readonly urn: string;
  readonly name: string;
  readonly namespace: string;
  /**
   * `other`: somebody has upgraded or rolled it back, so that the record is not what Pulumi made. `gone`: Helm knows no
   * such release any more.
   */
  readonly record: "there" | "other" | "gone" | "unknown";
  /** What Helm says of the newest revision, or why nobody could ask. */
  readonly said: string;
  /** Objects of its manifest that cannot be read, so that nobody knows how they were made. @default none */
  readonly unreadable?: readonly Unreadable[];
}

/** What nobody could say of what the releases made: a record that was not read, and objects in it that cannot be read. */
export function unreadIn(releases: readonly Release[]): { what: string; why: string }[] {
  return releases.flatMap(({ namespace, name, record, said, unreadable = [] }) => {
    const whole = `Helm's record of release ${namespace}/${name}`;
    return [
      ...(record === "unknown" ? [{ what: whole, why: said }] : []),
      ...unreadable.map(({ what, why }) => ({ what: `${what} in ${whole}`, why })),
    ];
  });
}

/** All that a seat is made of, and what could not be asked. */
export interface Inventory {
  readonly entries: readonly Entry[];
  readonly releases: readonly Release[];
}

export interface InventorySource {
  /** Lists a collection, and reads an object or an API version; undefined for what is not there. */
  readonly seat: {
    list(path: string, query?: Record<string, string>): Promise<KubeObject[]>;
    get?(path: string): Promise<KubeObject | undefined>;
  };
  readonly resources: readonly StateResource[];
  /** Objects that were listed already, by group and kind. */
  readonly listed?: ReadonlyMap<string, Collection>;
}

/** Every object of a kind. */
export interface Collection {
  readonly path: string;
  readonly namespaced: boolean;
  readonly objects: readonly KubeObject[];
}

/**
 * Reads what a seat is made of: the objects in the state, and what each Helm release rendered, by the manifest that
 * Helm keeps. One answer that fails makes one unknown entry.
 */
export async function readInventory({ seat, resources, listed = new Map() }: InventorySource): Promise<Inventory> {
  const get = seat.get?.bind(seat);
  const records =
    get === undefined ? [] : await Promise.all(releasesIn(resources).map((one) => readRelease(seat, one)));
  const made = [
    ...stateObjects(resources),
    ...records.flatMap(({ objects }) => objects),
    ...(get === undefined ? [] : clusterObjects(resources)),
  ];
  const kinds = new Kinds(get);
  const entries = await Promise.all(made.map((one) => entryOf(one, { get, kinds, listed })));
  return { entries: entries.filter((entry) => entry !== undefined), releases: records.map(({ release }) => release) };
}

interface Asking {
  readonly get: InventorySource["seat"]["get"];
  readonly kinds: Kinds;
  readonly listed: NonNullable<InventorySource["listed"]>;
}

async function entryOf(
  { owner, made }: Pick<Entry, "owner" | "made">,
  { get, kinds, listed }: Asking,
): Promise<Entry | undefined> {
  const { name } = made.metadata;
  const list = listed.get(`${groupOf(made)}/${made.kind}`);
  if (list !== undefined && isListed(made)) {
    const placed = inPlace(made, owner, list.namespaced);
    const { namespace } = placed.metadata;
    const live = list.objects.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
    const path = within(list.path, namespace, name);
    return aged({ owner, made: counted(placed, live, owner, listed), path, ...(live && { live }) });
  }
  if (get === undefined) return undefined;
  try {
    const kind = await kinds.find(made);
    if (kind === undefined) return { owner, made };
    const placed = inPlace(made, owner, kind.namespaced);
    const path = within(`${versionPath(made.apiVersion)}/${kind.name}`, placed.metadata.namespace, name);
    const live = await get(path);
    return aged({
      owner,
      made: counted(placed, live, owner, listed),
      path,
      ...(live && { live: named(live, made) }),
    });
  } catch (error) {
    if (error instanceof TypeError) throw error;
    return { owner, made, unknown: (error as Error).message };
  }
}

const WORKLOADS = new Set(["Deployment", "StatefulSet"]);

/**
 * A workload whose owner names no number of pods has one, by the API server's default. `kubectl scale` leaves no record
 * in such a field. An autoscaler sets the number by right, but does nothing once it is 0.
 */
function counted(made: WholeObject, live: KubeObject | undefined, owner: Owner, listed: Asking["listed"]): WholeObject {
  const isPatch = owner.by === "pulumi" && owner.isPatch;
  const replicas = at(live, "spec", "replicas");
  if (!WORKLOADS.has(made.kind) || groupOf(made) !== "apps" || isPatch) return made;
  if (typeof replicas !== "number" || at(made, "spec", "replicas") !== undefined) return made;
  const scalers = listed.get("autoscaling/HorizontalPodAutoscaler")?.objects;
  const isScaled =
    scalers === undefined ||
    scalers.some(
      ({ metadata, spec }) =>
        metadata.namespace === made.metadata.namespace &&
        textAt(spec, "scaleTargetRef", "kind") === made.kind &&
        textAt(spec, "scaleTargetRef", "name") === made.metadata.name,
    );
  return isScaled && replicas > 0 ? made : { ...made, spec: { ...made.spec, replicas: 1 } };
}

/**
 * An older version of this program may have set up the cluster. A difference that no hand has written is then how the
 * object was made.
 */
function aged(entry: Entry): Entry {
  const { owner, made, live } = entry;
  if (owner.by !== "cluster" || live === undefined) return entry;
  const isOlder =
    !mapsAt(live, "metadata", "managedFields").some(isHand) &&
    differences(made.kind, live, made).every(({ is }) => is !== undefined);
  return isOlder ? { ...entry, made: live as WholeObject } : entry;
}

/** Of Secrets, certificates alone are listed. */
function isListed({ kind, type }: WholeObject): boolean {
  return kind !== "Secret" || type === "kubernetes.io/tls";
}

/** An object of a namespaced kind has a namespace, and one of another kind has none. */
function inPlace(made: WholeObject, owner: Owner, namespaced: boolean): WholeObject {
  const { namespace = fallbackOf(owner), ...metadata } = made.metadata;
  return { ...made, metadata: namespaced ? { ...metadata, namespace } : metadata };
}

/** Drops a Secret's content right after reading. */
function named(live: KubeObject, { apiVersion, kind }: WholeObject): KubeObject {
  const { data, ...rest } = live as KubeObject & { data?: unknown };
  return { apiVersion, kind, ...rest, ...(kind !== "Secret" && data !== undefined && { data }) };
}

/** `/apis/apps/v1/deployments` with a namespace and a name in it. */
export function within(collection: string, namespace: string | undefined, name: string): string {
  const cut = collection.lastIndexOf("/");
  return namespace === undefined
    ? `${collection}/${name}`
    : `${collection.slice(0, cut)}/namespaces/${namespace}${collection.slice(cut)}/${name}`;
}

/** A chart's object without a namespace is in its release's. Pulumi's ids name the namespace. */
function fallbackOf(owner: Owner): string | undefined {
  if (owner.by === "chart") return owner.release.split("/")[0];
  return owner.by === "cluster" ? undefined : "default";
}

interface ApiKind {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** What the setup of an embedded cluster applies. Other clusters bring their own, which is not known here. */
function clusterObjects(resources: readonly StateResource[]): Pick<Entry, "owner" | "made">[] {
  if (!resources.some(({ type }) => type === "istio-lab:cluster:Embedded")) return [];
  const owner: Owner = { by: "cluster", manager: REPAIR };
  return systemManifests()
    .flatMap((text) => manifestObjects(text))
    .map((made) => ({ owner, made }));
}

/** The kinds of the API server, asked for once each version. */
class Kinds {
  private readonly versions = new Map<string, Promise<KubeObject | undefined>>();

  constructor(private readonly get: InventorySource["seat"]["get"]) {}

  /** Undefined where the cluster does not know the kind. */
  async find({ apiVersion, kind }: WholeObject): Promise<ApiKind | undefined> {
    const asked = this.versions.get(apiVersion) ?? this.get!(versionPath(apiVersion));
    this.versions.set(apiVersion, asked);
    return ((await asked)?.resources as ApiKind[] | undefined)?.find(
      (one) => one.kind === kind && !one.name.includes("/"),
    );
  }
}

/** The state's objects: Pulumi's inputs, with their names in the cluster. */
function stateObjects(resources: readonly StateResource[]): Pick<Entry, "owner" | "made">[] {
  return resources
    .filter(({ type, inputs, delete: doomed }) => {
      if (!type.startsWith("kubernetes:") || type.startsWith("kubernetes:helm.sh/") || doomed === true) return false;
      return isMap(inputs) && textAt(inputs, "kind") !== undefined && textAt(inputs, "apiVersion") !== undefined;
    })
    .map((resource) => {
      const { type, urn, inputs, outputs, id } = resource;
      const uid = textAt(outputs, "metadata", "uid");
      return {
        owner: {
          by: "pulumi",
          urn,
          manager: textAt(outputs, "__fieldManager") ?? REPAIR,
          isPatch: type.endsWith("Patch"),
          ...(uid !== undefined && { uid }),
        },
        made: withName(inputs as unknown as WholeObject, id),
      };
    });
}

/** Adds the name and the namespace that the id has. */
export function withName<T extends KubeObject>(inputs: T, id: string | undefined): T {
  const metadata = isMap(inputs.metadata) ? inputs.metadata : {};
  const [name, namespace] = (id ?? "").split("/").reverse();
  return {
    ...inputs,
    metadata: { ...(namespace && { namespace }), ...(name && { name }), ...metadata } as KubeObject["metadata"],
  };
}

interface StateRelease {
  readonly urn: string;
  readonly name: string;
  readonly namespace: string;
  readonly revision: number | undefined;
}

function releasesIn(resources: readonly StateResource[]): StateRelease[] {
  return resources
    .filter(({ type, delete: doomed }) => type.startsWith("kubernetes:helm.sh/") && doomed !== true)
    .flatMap(({ urn, inputs, outputs }) => {
      const [name, namespace] = [textAt(inputs, "name"), textAt(inputs, "namespace")];
      const revision = at(outputs, "status", "revision");
      return name === undefined || namespace === undefined
        ? []
        : [{ urn, name, namespace, revision: typeof revision === "number" ? revision : undefined }];
    });
}

async function readRelease(
  seat: InventorySource["seat"],
  { urn, name, namespace, revision }: StateRelease,
): Promise<{ release: Release; objects: Pick<Entry, "owner" | "made">[] }> {
  const is = (record: Release["record"], said: string) => ({ urn, name, namespace, record, said });
  try {
    const secrets = (await seat.list(`/api/v1/namespaces/${namespace}/secrets`, {
      labelSelector: `owner=helm,name=${name}`,
    })) as RecordSecret[];
    const [newest] = [...secrets].sort((a, b) => revisionOf(b) - revisionOf(a));
    if (newest === undefined) return { release: is("gone", "Helm has no record of it"), objects: [] };
    // Where somebody has upgraded the release, the older record says what Pulumi made.
    const ours = secrets.find((one) => revisionOf(one) === revision) ?? newest;
    const said = `Helm has it in revision ${revisionOf(newest)}, Pulumi made revision ${revision ?? "unknown"}`;
    const isOther = revision !== undefined && revisionOf(newest) !== revision;
    const { objects, unreadable } = chartObjects(ours, urn);
    return {
      release: { ...is(isOther ? "other" : "there", said), ...(unreadable.length > 0 && { unreadable }) },
      objects,
    };
  } catch (error) {
    if (error instanceof TypeError) throw error;
    return { release: is("unknown", (error as Error).message), objects: [] };
  }
}

/** What a chart rendered, with the label and the annotations that Helm adds when it applies an object. */
function chartObjects(
  record: RecordSecret,
  urn: string,
): { objects: Pick<Entry, "owner" | "made">[]; unreadable: readonly Unreadable[] } {
  const { name, namespace, objects, unreadable } = rendered(record);
  const owner: Owner = { by: "chart", urn, release: `${namespace}/${name}`, manager: "helm" };
  const made = objects.map((object) => ({
    owner,
    made: {
      ...object,
      metadata: {
        ...object.metadata,
        labels: { ...object.metadata.labels, "app.kubernetes.io/managed-by": "Helm" },
        annotations: {
          ...object.metadata.annotations,
          "meta.helm.sh/release-name": name,
          "meta.helm.sh/release-namespace": namespace,
        },
      },
    },
  }));
  return { objects: made, unreadable };
}

interface Rendered {
  readonly name: string;
  readonly namespace: string;
  readonly objects: readonly WholeObject[];
  readonly unreadable: readonly Unreadable[];
}

/** Read manifests. A repair looks several times, and Istio's kinds take seconds to parse. */
const read = new Map<string, Rendered>();

function rendered(record: RecordSecret): Rendered {
  const key = record.data?.release ?? "";
  const known = read.get(key);
  if (known !== undefined) return known;
  const { name, namespace, manifest = "" } = unpack(record);
  const found = { name, namespace, ...readManifest(manifest) };
  read.set(key, found);
  return found;
}

/** `apps` in `apps/v1`; the core group has no name. */
export function groupOf({ apiVersion = "" }: Pick<KubeObject, "apiVersion">): string {
  return apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
}

/** `the chart of release istiod`, Pulumi, or the cluster's setup: who made the object. */
export function makerOf({ owner }: Pick<Entry, "owner">): string {
  if (owner.by === "pulumi") return "Pulumi";
  return owner.by === "cluster" ? "the cluster's setup" : `the chart of release ${owner.release.split("/")[1]}`;
}
