import { setTimeout as sleep } from "node:timers/promises";
import type { AppsV1Api, CoreV1Api, KubernetesObject } from "@kubernetes/client-node";
import { SeatError } from "./errors";

/** The client library takes half a second to load: only who makes a seat does so. */
const library = () => import("@kubernetes/client-node");

/** Applies YAML documents as `kubectl apply --server-side` would: what is there already is brought in line. */
export async function applyManifests(kubeconfig: string, documents: readonly string[]): Promise<void> {
  const k8s = await library();
  const client = k8s.KubernetesObjectApi.makeApiClient(await configOf(kubeconfig));
  for (const object of documents.flatMap((text) => k8s.loadAllYaml(text) as KubernetesObject[])) {
    await client.patch(object, undefined, undefined, "istio-lab", true, k8s.PatchStrategy.ServerSideApply);
  }
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
    const open = [...(await unavailable(apps)), ...(await notReadySince(core, since))];
    if (open.length === 0) return;
    if (Date.now() > deadline) throw new SeatError(`Not available after ${patience / 1000} s: ${open.join(", ")}.\n${await explain(core)}`);
    await sleep(100);
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
    .filter(({ metadata, spec, status }) => status?.observedGeneration !== metadata?.generation || (status?.availableReplicas ?? 0) < (spec?.replicas ?? 1))
    .map(({ metadata }) => metadata?.name ?? "");
}

/** The pods that are not ready, or whose containers have been running since before `since` (a second's resolution). */
async function notReadySince(core: CoreV1Api, since: Date): Promise<string[]> {
  const { items } = await core.listNamespacedPod({ namespace: "kube-system" });
  const earliest = Math.floor(since.getTime() / 1000) * 1000;
  return items
    .filter(({ metadata, status }) => {
      const ready = status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True");
      const fresh = status?.containerStatuses?.every((container) => (container.state?.running?.startedAt?.getTime() ?? 0) >= earliest);
      return !metadata?.deletionTimestamp && !(ready && fresh);
    })
    .map(({ metadata }) => `pod ${metadata?.name}`);
}

/** What an expert would ask first: the nodes' and pods' states, and the newest warnings. */
async function explain(core: CoreV1Api): Promise<string> {
  const namespace = "kube-system";
  const [nodes, pods, events] = await Promise.all([core.listNode(), core.listNamespacedPod({ namespace }), core.listNamespacedEvent({ namespace })]);
  const ready = nodes.items.map(({ metadata, status }) => {
    const condition = status?.conditions?.find(({ type }) => type === "Ready");
    return `node ${metadata?.name}: ${condition?.message ?? "has no state yet"}`;
  });
  const states = pods.items.map((pod) => {
    const waiting = pod.status?.containerStatuses?.flatMap((c) => c.state?.waiting?.reason ?? []) ?? [];
    return `pod ${pod.metadata?.name}: ${pod.status?.phase} ${waiting.join(" ")}`.trim();
  });
  const warnings = events.items.filter((event) => event.type === "Warning").slice(-5).map((event) => `warning: ${event.message}`);
  return [...(ready.length ? ready : ["there is no node"]), ...states, ...warnings].join("\n");
}
