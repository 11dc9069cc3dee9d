import { Api } from "../../../components/cluster/existing/api";
import { chooseContext } from "../../../components/cluster/existing/kubeconfig";
import { broughtKinds, istiodsConfigMaps } from "../../../components/cluster/existing/kinds";
import type { ExistingSettings } from "../../../components/cluster/existing/settings";
import { kubeconfigOf } from "../../lost-cluster";
import { ownSeat } from "../../preflight/own-seat";
import { exportStack } from "../../stack";
import { labelsLeft, objectsIn, objectsLeft, type Made } from "./objects";
import { query } from "./proof";
import { objectOf, type TargetProof } from "./target-proof";

interface Helms {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
}

/** Namespaces of the releases, of which Helm notes on each object that it made it. */
const releaseNamespaces = ["istio-system", "istio-ingress"];
const clusterWide = ["rbac.authorization.k8s.io/v1/clusterroles", "rbac.authorization.k8s.io/v1/clusterrolebindings"];
const webhooks = ["admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", "admissionregistration.k8s.io/v1/validatingwebhookconfigurations"];

/** A seat in a cluster that is somebody's: everything in it was made one by one, so it is asked for one by one. */
export function existingProof(): TargetProof {
  // The kubeconfig that the seat was made with, for memory alone: the user's own may lead elsewhere by now.
  let kubeconfig: string | undefined;

  return {
    facts: async ({ workspace, stack }) => {
      const before = await exportStack(workspace, stack, "with secrets");
      kubeconfig = kubeconfigOf(before);
      return { cluster: ownSeat(before).cluster, objects: objectsIn(before) };
    },
    queries: async (context, facts) => {
      const { cluster, objects = [] } = facts as { cluster?: string; objects?: Made[] };
      // A stack that never came to its guard has made nothing anywhere.
      if (cluster === undefined) return [];
      const api = new Api(kubeconfig ?? chooseContext(objectOf(context, "existing") as unknown as ExistingSettings).text);
      const same = sameCluster(api, cluster);
      const ask = (what: string, asked: string, left: () => Promise<string[]>) => query(what, asked, async () => (await same, left()));
      const brought = async (paths: readonly string[]) => {
        const all = (await Promise.all(paths.map((path) => api.list<Helms>(`/apis/${path}`)))).flat();
        return all.filter(({ metadata: { annotations = {} } }) => releaseNamespaces.includes(annotations["meta.helm.sh/release-namespace"] ?? "")).map(({ metadata }) => metadata.name);
      };
      const [made, labelled] = [objects.filter(({ kind, labels }) => kind === "Namespace" && !labels), objects.filter(({ labels }) => labels)];
      const others = objects.filter(({ kind }) => kind !== "Namespace");
      return Promise.all([
        ask("namespaces", `kubectl get namespace ${made.map(({ name }) => name).join(" ")}`, () => objectsLeft(api, made)),
        ask("labels on namespaces", "kubectl get namespace --show-labels", () => labelsLeft(api, labelled)),
        ask("objects", `kubectl get, each of the ${others.length} that the state knew`, () => objectsLeft(api, others)),
        ask("CRDs", "kubectl get crd", async () => (await broughtKinds(api)).map(({ metadata }) => metadata.name)),
        ask("cluster roles", "kubectl get clusterrole,clusterrolebinding", () => brought(clusterWide)),
        ask("webhooks", "kubectl get mutatingwebhookconfiguration,validatingwebhookconfiguration", () => brought(webhooks)),
        ask("istiod's ConfigMaps", "kubectl get configmap --all-namespaces --selector istio.io/config=true", async () =>
          (await istiodsConfigMaps(api)).map(({ metadata: { name, namespace } }) => `${namespace}/${name}`),
        ),
      ]);
    },
  };
}

/** @throws Error where another cluster answers: what is not in that one proves nothing */
async function sameCluster(api: Api, cluster: string): Promise<void> {
  const { uid } = (await api.get<{ metadata: { uid: string } }>("/api/v1/namespaces/kube-system")).metadata;
  if (uid !== cluster) throw new Error(`another cluster answers at ${api.server}`);
}
