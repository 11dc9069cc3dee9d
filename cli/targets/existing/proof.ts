import { clusterId } from "../../../components/cluster/existing/cluster-id";
import type { ClusterKind } from "../../../components/cluster/existing/inventory";
import { chooseContext } from "../../../components/cluster/existing/kubeconfig";
import { MARKER, readMarker, type Record as SeatRecord } from "../../../components/cluster/existing/marker";
import { type Sorted, sortedThings } from "../../../components/cluster/existing/ours";
import { Api, ApiError, idOf, type KubeObject, titleOf, unlessMissing, Unreachable, versionPath } from "../../../kube";
import { readInventory, unreadIn } from "../../inventory";
import { ownSeat } from "../../preflight/own-seat";
import { type Deployment, exportStack } from "../../stack/stack";
import { objectOf, type ProofContext, query, type Query, type TargetProof } from "../proof";
import { kubeconfigOf } from "./lost-cluster";

/** Kinds that Helm or istiod may leave behind, query by query. */
export const leftovers: readonly {
  readonly what: string;
  readonly asked: string;
  readonly kinds: readonly ClusterKind[];
}[] = [
  {
    what: "CRDs",
    asked: "kubectl get crd; kubectl get gatewayclass",
    kinds: ["CustomResourceDefinition", "GatewayClass"],
  },
  {
    what: "cluster roles",
    asked: "kubectl get clusterrole,clusterrolebinding",
    kinds: ["ClusterRole", "ClusterRoleBinding"],
  },
  {
    what: "webhooks",
    asked:
      "kubectl get mutatingwebhookconfiguration,validatingwebhookconfiguration,validatingadmissionpolicy,validatingadmissionpolicybinding",
    kinds: [
      "MutatingWebhookConfiguration",
      "ValidatingWebhookConfiguration",
      "ValidatingAdmissionPolicy",
      "ValidatingAdmissionPolicyBinding",
    ],
  },
  {
    what: "istiod's ConfigMaps",
    asked: "kubectl get configmap --all-namespaces --selector istio.io/config=true",
    kinds: ["ConfigMap"],
  },
];

/** Asks for the remains of a seat in an existing cluster. Its objects were created one by one, so each is asked for. */
export function existingProof(): TargetProof {
  // The kubeconfig that created the seat, kept only in memory. The user's own may lead to another cluster by now.
  let kubeconfig: string | undefined;

  return {
    facts: async ({ workspace, stack }) => {
      const before = await exportStack(workspace, stack, "with secrets");
      kubeconfig = kubeconfigOf(before);
      const { cluster, seat } = ownSeat(before);
      const objects = objectsIn(before);
      const { charts, chartsNotAsked } =
        kubeconfig === undefined ? NO_CHARTS : await chartsObjects(new Api(kubeconfig), before);
      // The record of what existed before the seat is deleted with the seat's marker.
      const marker = kubeconfig === undefined ? undefined : await readMarker(new Api(kubeconfig)).catch(unanswered);
      // The guard is the first object that a seat creates in a cluster.
      const neverBegun = cluster === undefined && objects.length === 0;
      return {
        cluster,
        seat,
        objects,
        ...(charts.length > 0 && { charts }),
        ...(chartsNotAsked.length > 0 && { chartsNotAsked }),
        ...(marker?.record && marker.seat === seat && { record: marker.record }),
        ...(neverBegun && { neverBegun }),
      };
    },
    queries: async (context, facts) => {
      const {
        cluster,
        seat,
        objects = [],
        charts = [],
        chartsNotAsked = [],
        record,
        neverBegun,
      } = facts as {
        cluster?: string;
        seat?: string;
        objects?: Made[];
        charts?: Made[];
        chartsNotAsked?: NotAsked[];
        record?: SeatRecord;
        neverBegun?: boolean;
      };
      if (cluster === undefined) return neverBegun ? [await reach(context)] : [];
      const api = await apiOf(kubeconfig, context);
      if (!(api instanceof Api)) return [api];
      const same = sameCluster(api, cluster);
      const ask = (what: string, asked: string, left: () => Promise<string[]>) =>
        query(what, asked, async () => (await same, left()));
      let things: Promise<Sorted> | undefined;
      // An object that only looks like the seat's counts as left too, until its owner is known.
      const found = async (kinds: readonly ClusterKind[]) => {
        const { ours, unproved } = await (things ??= sortedThings(api, record));
        return [...ours, ...unproved].filter(({ kind }) => kinds.includes(kind)).map(idOf);
      };
      const [made, labelled] = [
        objects.filter(({ kind, labels }) => kind === "Namespace" && !labels),
        objects.filter(({ labels }) => labels),
      ];
      const others = objects.filter(({ kind }) => kind !== "Namespace");
      return Promise.all([
        ask("namespaces", `kubectl get namespace ${made.map(({ name }) => name).join(" ")}`, () =>
          objectsLeft(api, made),
        ),
        ask("labels on namespaces", "kubectl get namespace --show-labels", () => labelsLeft(api, labelled)),
        ask("objects", `kubectl get, each of the ${others.length} that the state knew`, () => objectsLeft(api, others)),
        ...(charts.length === 0
          ? []
          : [
              ask("objects of charts", `kubectl get, each of the ${charts.length} that Helm's records had`, () =>
                objectsLeft(api, charts),
              ),
            ]),
        ...chartsNotAsked.map(({ what, why }) =>
          query(what, "kubectl get, before the seat was taken away", () =>
            Promise.reject(new Error(`it was not asked for, because it could not be read: ${why}`)),
          ),
        ),
        ...leftovers.map(({ what, asked, kinds }) => ask(what, asked, () => found(kinds))),
        ...(seat === undefined
          ? []
          : [
              ask("mark on the cluster", `kubectl get configmap -n ${MARKER.namespace} ${MARKER.name}`, () =>
                markLeft(api, seat),
              ),
            ]),
      ]);
    },
  };
}

/**
 * The cluster's API through the state's kubeconfig, else through the config's. Where neither leads to a cluster,
 * returns a query without an answer.
 */
async function apiOf(kubeconfig: string | undefined, context: ProofContext): Promise<Api | Query> {
  try {
    return new Api(kubeconfig ?? contextIn(context).text);
  } catch (error) {
    return query("everything of the seat", "kubectl get", () => Promise.reject(error));
  }
}

/** A stack that never created its guard has nothing in its cluster. This only asks whether that cluster answers. */
function reach(context: ProofContext): Promise<Query> {
  return query("cluster of a stack that never made anything in it", "kubectl get namespace kube-system", async () => {
    await new Api(contextIn(context).text).get("/api/v1/namespaces/kube-system");
    return [];
  });
}

/** @throws Error where the config's kubeconfig is encrypted, because any other would lead to another cluster */
function contextIn(context: ProofContext): { text: string } {
  if (context.locked?.some((path) => path.startsWith("existing")))
    throw new Error("its kubeconfig is a secret of the stack");
  return chooseContext(objectOf(context, "existing"));
}

/** @throws Error where another cluster answers, because objects missing there prove nothing */
async function sameCluster(api: Api, cluster: string): Promise<void> {
  if ((await clusterId(api)) !== cluster) throw new Error(`another cluster answers at ${api.server}`);
}

async function markLeft(api: Api, seat: string): Promise<string[]> {
  return (await readMarker(api))?.seat === seat ? [`${MARKER.namespace}/${MARKER.name}`] : [];
}

/**
 * Ignores a cluster that does not answer: the destroy and every query report it. Without the record, everything that
 * looks like the seat's counts as left.
 */
function unanswered(error: unknown): undefined {
  if (error instanceof ApiError || error instanceof Unreachable) return undefined;
  throw error;
}

/** An object that a stack created in a cluster. */
interface Made {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  /** For a namespace that existed before: the labels that the stack put on it. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The Kubernetes objects in a stack's state, without those of Helm releases. */
export function objectsIn({ resources }: Pick<Deployment, "resources">): Made[] {
  return resources.flatMap(({ type, inputs, outputs }) => {
    const { apiVersion, kind, metadata } = (outputs ?? {}) as {
      apiVersion?: string;
      kind?: string;
      metadata?: { name?: string; namespace?: string };
    };
    if (!type.startsWith("kubernetes:") || type.endsWith(":Release") || !apiVersion || !kind || !metadata?.name)
      return [];
    const labels = type.endsWith("Patch")
      ? ((inputs?.metadata as { labels?: Record<string, string> } | undefined)?.labels ?? {})
      : undefined;
    return [
      {
        apiVersion,
        kind,
        name: metadata.name,
        ...(metadata.namespace && { namespace: metadata.namespace }),
        ...(labels && { labels }),
      },
    ];
  });
}

/** What could not be read before the seat was taken away. Nobody knows whether it is gone. */
interface NotAsked {
  readonly what: string;
  readonly why: string;
}

interface ChartsObjects {
  readonly charts: readonly Made[];
  readonly chartsNotAsked: readonly NotAsked[];
}

const NO_CHARTS: ChartsObjects = { charts: [], chartsNotAsked: [] };

/**
 * The live objects that the seat's charts made, by its inventory. Kinds that a query lists as a whole are left out. An
 * object that could not be read, or a record of Helm's, is named with its reason.
 */
async function chartsObjects(api: Api, { resources }: Pick<Deployment, "resources">): Promise<ChartsObjects> {
  const { entries, releases } = await readInventory({
    seat: {
      list: (path, query) => api.list<KubeObject>(path, query && { query }),
      get: (path) => unlessMissing(api.get<KubeObject>(path)),
    },
    resources: resources.filter(({ type }) => type.endsWith(":Release")),
  });
  const own = entries.filter(
    ({ made: { kind } }) => !leftovers.some(({ kinds }) => (kinds as readonly string[]).includes(kind)),
  );
  return {
    charts: own.flatMap(({ made: { apiVersion, kind, metadata }, live }) =>
      live === undefined
        ? []
        : [{ apiVersion, kind, name: metadata.name, ...(metadata.namespace && { namespace: metadata.namespace }) }],
    ),
    chartsNotAsked: [
      ...unreadIn(releases),
      ...own.flatMap(({ made, unknown }) => (unknown === undefined ? [] : [{ what: titleOf(made), why: unknown }])),
    ],
  };
}

/** The objects that the cluster still has, as `VirtualService default/reviews`. */
async function objectsLeft(api: Api, objects: readonly Made[]): Promise<string[]> {
  const kinds = new Map<string, Promise<Map<string, string>>>();
  const left = await Promise.all(
    objects.map(async (object) => {
      const known = kinds.get(object.apiVersion) ?? pluralsOf(api, object.apiVersion);
      kinds.set(object.apiVersion, known);
      const plural = (await known).get(object.kind);
      // Without the kind, there is no such object.
      return plural !== undefined && (await unlessMissing(api.get(pathOf(object, plural))))
        ? [titleOf({ kind: object.kind, metadata: object })]
        : [];
    }),
  );
  return left.flat();
}

/** The stack's labels that other people's namespaces still have. */
async function labelsLeft(api: Api, namespaces: readonly Made[]): Promise<string[]> {
  const left = await Promise.all(
    namespaces.map(async ({ name, labels = {} }) => {
      const found = await unlessMissing(
        api.get<{ metadata: { labels?: Record<string, string> } }>(`/api/v1/namespaces/${name}`),
      );
      return Object.entries(labels).flatMap(([label, value]) =>
        found?.metadata.labels?.[label] === value ? [`${name}: ${label}=${value}`] : [],
      );
    }),
  );
  return left.flat();
}

/** Kind → plural for an API version; empty where the cluster no longer knows it. */
async function pluralsOf(api: Api, apiVersion: string): Promise<Map<string, string>> {
  const known = await unlessMissing(api.get<{ resources: { kind: string; name: string }[] }>(versionPath(apiVersion)));
  return new Map(
    (known?.resources ?? []).filter(({ name }) => !name.includes("/")).map(({ kind, name }) => [kind, name]),
  );
}

function pathOf({ apiVersion, name, namespace }: Made, plural: string): string {
  return `${versionPath(apiVersion)}${namespace ? `/namespaces/${namespace}` : ""}/${plural}/${name}`;
}
