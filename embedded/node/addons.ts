import { setTimeout as sleep } from "node:timers/promises";
import type { AppsV1Api, CoreV1Api, KubernetesObject, V1Pod } from "@kubernetes/client-node";
import { SeatError } from "../../base/seat-error";

/** The client library takes half a second to load: only who makes a seat does so. */
const library = () => import("@kubernetes/client-node");

/** Loads it ahead, while others are waited for. Who needs it then is told why it could not be loaded. */
export const loadClient = (): void => void library().catch(() => undefined);

/**
 * Applies YAML documents as `kubectl apply --server-side` would: what is there already is brought in line. The apiserver may still be about to make its
 * namespaces: what it refuses is tried again, `patience` milliseconds at most.
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
  // In any order: what one of them names is waited for by the cluster.
  await Promise.all(objects.map(apply));
}

/**
 * Waits until the Deployments of kube-system are available, by pods that run since `since`: after a start, the
 * cluster's memory still says that those of the time before are.
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
 * Waits until all pods of the cluster are ready again and run since `since`; those that have ended do not count.
 *
 * @returns after `patience` milliseconds those that are not: what runs in the cluster is not the node's to judge.
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

/** The Deployments whose newest version is not all there. */
async function unavailable(apps: AppsV1Api): Promise<string[]> {
  const { items } = await apps.listNamespacedDeployment({ namespace: "kube-system" });
  return items
    .filter(
      ({ metadata, spec, status }) =>
        status?.observedGeneration !== metadata?.generation || (status?.availableReplicas ?? 0) < (spec?.replicas ?? 1),
    )
    .map(({ metadata }) => metadata?.name ?? "");
}

/** Those of the pods that are not ready, or whose containers have been running since before `since` (a second's resolution). */
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

/** What an expert would ask first: the nodes' and pods' states, and the newest warnings. */
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
