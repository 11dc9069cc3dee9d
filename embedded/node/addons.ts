import { setTimeout as sleep } from "node:timers/promises";
import type { AppsV1Api, CoreV1Api, KubernetesObject, V1Pod } from "@kubernetes/client-node";
import { SeatError } from "../../base/seat-error";

/** The client library takes half a second to load, so only the code that makes a seat loads it. */
const library = () => import("@kubernetes/client-node");

/**
 * Loads the library early, during another wait. A load error is ignored here: the code that uses the library reports
 * it.
 */
export const loadClient = (): void => void library().catch(() => undefined);

/**
 * Applies YAML documents as `kubectl apply --server-side` does: existing objects are updated. The apiserver may still
 * be creating its own namespaces, so a refused object is tried again for at most `patience` milliseconds.
 */
export async function applyManifests(
  kubeconfig: string,
  documents: readonly string[],
  patience = 30_000,
): Promise<void> {
  const k8s = await library();
  const client = k8s.KubernetesObjectApi.makeApiClient(await configOf(kubeconfig));
  const objects = documents.flatMap((text) => k8s.loadAllYaml(text) as KubernetesObject[]);
  const deadline = Date.now() + patience;
  const apply = async (object: KubernetesObject): Promise<void> => {
    for (;;) {
      try {
        return void (await client.patch(
          object,
          undefined,
          undefined,
          "istio-lab",
          true,
          k8s.PatchStrategy.ServerSideApply,
        ));
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await sleep(100);
      }
    }
  };
  // The order does not matter: the cluster waits for objects that another one refers to.
  await Promise.all(objects.map(apply));
}

/**
 * Waits until the Deployments of kube-system are available and their pods run since `since`. Right after a start, the
 * cluster still reports the previous run's pods as available.
 *
 * @throws after `patience` milliseconds, with what the pods are waiting for.
 */
export async function waitForSystem(kubeconfig: string, since = new Date(0), patience = 90_000): Promise<void> {
  const k8s = await library();
  const config = await configOf(kubeconfig);
  const [apps, core] = [config.makeApiClient(k8s.AppsV1Api), config.makeApiClient(k8s.CoreV1Api)];
  const deadline = Date.now() + patience;
  for (;;) {
    const { items: pods } = await core.listNamespacedPod({ namespace: "kube-system" });
    const open = [...(await unavailable(apps)), ...notReadySince(pods, since)];
    if (open.length === 0) return;
    if (Date.now() > deadline)
      throw new SeatError(`Not available after ${patience / 1000} s: ${open.join(", ")}.\n${await explain(core)}`);
    await sleep(100);
  }
}

/**
 * Waits until all pods of the cluster are ready again and run since `since`. Pods that have ended do not count.
 *
 * @returns the pods that are not ready after `patience` milliseconds. This is not an error: the node does not judge the
 *   cluster's workloads.
 */
export async function waitForPods(kubeconfig: string, since: Date, patience = 60_000): Promise<string[]> {
  const k8s = await library();
  const core = (await configOf(kubeconfig)).makeApiClient(k8s.CoreV1Api);
  const deadline = Date.now() + patience;
  for (;;) {
    const { items } = await core.listPodForAllNamespaces();
    const open = notReadySince(
      items.filter(({ status }) => status?.phase !== "Succeeded" && status?.phase !== "Failed"),
      since,
    );
    if (open.length === 0 || Date.now() > deadline) return open;
    await sleep(250);
  }
}

async function configOf(kubeconfig: string) {
  const config = new (await library()).KubeConfig();
  config.loadFromFile(kubeconfig);
  return config;
}

/** The Deployments whose newest generation is not fully available. */
async function unavailable(apps: AppsV1Api): Promise<string[]> {
  const { items } = await apps.listNamespacedDeployment({ namespace: "kube-system" });
  return items
    .filter(
      ({ metadata, spec, status }) =>
        status?.observedGeneration !== metadata?.generation || (status?.availableReplicas ?? 0) < (spec?.replicas ?? 1),
    )
    .map(({ metadata }) => metadata?.name ?? "");
}

/** The pods that are not ready, or whose containers have been running since before `since` (resolution: one second). */
function notReadySince(pods: V1Pod[], since: Date): string[] {
  const earliest = Math.floor(since.getTime() / 1000) * 1000;
  return pods
    .filter(({ metadata, status }) => {
      const ready = status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True");
      const fresh = status?.containerStatuses?.every(
        (container) => (container.state?.running?.startedAt?.getTime() ?? 0) >= earliest,
      );
      return !metadata?.deletionTimestamp && !(ready && fresh);
    })
    .map(({ metadata }) => `pod ${metadata?.namespace}/${metadata?.name}`);
}

/** What an expert would ask for first: the states of nodes and pods, and the newest warnings. */
async function explain(core: CoreV1Api): Promise<string> {
  const namespace = "kube-system";
  const [nodes, pods, events] = await Promise.all([
    core.listNode(),
    core.listNamespacedPod({ namespace }),
    core.listNamespacedEvent({ namespace }),
  ]);
  const ready = nodes.items.map(({ metadata, status }) => {
    const condition = status?.conditions?.find(({ type }) => type === "Ready");
    return `node ${metadata?.name}: ${condition?.message ?? "has no state yet"}`;
  });
  const states = pods.items.map((pod) => {
    const waiting = pod.status?.containerStatuses?.flatMap((c) => c.state?.waiting?.reason ?? []) ?? [];
    return `pod ${pod.metadata?.name}: ${pod.status?.phase} ${waiting.join(" ")}`.trim();
  });
  const warnings = events.items
    .filter((event) => event.type === "Warning")
    .slice(-5)
    .map((event) => `warning: ${event.message}`);
  return [...(ready.length ? ready : ["there is no node"]), ...states, ...warnings].join("\n");
}
