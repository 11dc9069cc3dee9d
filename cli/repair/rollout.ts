import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../base/errors";
import { type Api, type KubeObject, unlessMissing } from "../../kube";
import { podTrouble } from "../check";
import { REPAIR } from "../inventory";
import { ApiSilent } from "../seat/api";
import { mapAt, mapsAt, textAt } from "../seat/json";
import type { Restart } from "./plan";

/** How long pods may take that only start slowly. */
const PATIENCE_MS = 240_000;
/** How long a trouble may last that does not end by itself: a refusal, an image that cannot be had, no node. */
const TROUBLE_MS = 40_000;

/** How long the API server may be silent: a busy machine takes its time while many pods start. */
const SILENT_MS = 60_000;

/** Makes a workload's pods again, one after the other, as `kubectl rollout restart` does. */
export async function restart(api: Api, { path }: Restart): Promise<void> {
  const annotations = { "kubectl.kubernetes.io/restartedAt": new Date().toISOString() };
  await api.request("PATCH", path, {
    body: { spec: { template: { metadata: { annotations } } } },
    type: "application/strategic-merge-patch+json",
    query: { fieldManager: REPAIR },
  });
}

/**
 * Waits until each workload has all its pods, made from its present template.
 * @throws UserError with what is not ready, and the API server's or the pod's sentence
 */
export async function untilReady(api: Api, paths: readonly string[], signal: AbortSignal): Promise<void> {
  const begun = Date.now();
  let answered = begun;
  const since = new Map<string, number>();
  let left = [...new Set(paths)];
  for (;;) {
    const asked = Promise.all(left.map((path) => unlessMissing(api.get<KubeObject>(path))));
    // A moment's silence says nothing about the pods.
    const answers = await asked.catch((error: unknown) => {
      if (!(error instanceof ApiSilent) || Date.now() - answered > SILENT_MS) throw error;
    });
    if (answers === undefined) {
      await sleep(1000, undefined, { signal });
      continue;
    }
    answered = Date.now();
    const waiting = left.map((path, index) => ({ path, live: answers[index] })).filter(({ live }) => !isReady(live));
    if (waiting.length === 0) return;
    left = waiting.map(({ path }) => path);
    const why = await Promise.all(waiting.map(({ path, live }) => troubleOf(api, path, live)));
    const now = Date.now();
    for (const [index, path] of left.entries()) {
      if (why[index]!.isStuck) since.set(path, since.get(path) ?? now);
      else since.delete(path);
    }
    const isStuck = [...since.values()].some((time) => now - time > TROUBLE_MS);
    if (isStuck || now - begun > PATIENCE_MS) {
      const seconds = Math.round((now - begun) / 1000);
      throw new UserError(`Not ready after ${seconds} s: ${why.map(({ text }) => text).join("; ")}`);
    }
    await sleep(1000, undefined, { signal });
  }
}

function isReady(live: KubeObject | undefined): boolean {
  if (live === undefined) return false;
  const { generation } = live.metadata as { generation?: number };
  const { replicas: wanted = 1 } = (live.spec ?? {}) as { replicas?: number };
  const {
    observedGeneration = 0,
    replicas = 0,
    updatedReplicas = 0,
    availableReplicas = 0,
  } = (live.status ?? {}) as Record<string, number>;
  return (
    observedGeneration >= (generation ?? 0) &&
    replicas === wanted &&
    updatedReplicas === wanted &&
    availableReplicas === wanted
  );
}

/** Why a workload is not ready, and whether that does not end by itself. */
async function troubleOf(
  api: Api,
  path: string,
  live: KubeObject | undefined,
): Promise<{ text: string; isStuck: boolean }> {
  const [, namespace = "", , name = ""] = /namespaces\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  const title = `${path.includes("/statefulsets/") ? "StatefulSet" : "Deployment"} ${namespace}/${name}`;
  if (live === undefined) return { text: `${title} does not exist`, isStuck: true };
  const refused = refusalIn(live);
  if (refused !== undefined) return { text: `${title}: ${refused}`, isStuck: true };
  const labelSelector = Object.entries(mapAt(live, "spec", "selector", "matchLabels"))
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(",");
  const pods = await api
    .list<KubeObject>(`/api/v1/namespaces/${namespace}/pods`, { query: { labelSelector } })
    .catch(() => []);
  const troubles = pods
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .flatMap((pod) => podTrouble(pod) ?? []);
  const stuck = troubles.find((trouble) => STUCK.test(trouble));
  return { text: `${title}: ${stuck ?? troubles[0] ?? "its pods are not all ready"}`, isStuck: stuck !== undefined };
}

const STUCK = /put on no node|BackOff|ErrImagePull|InvalidImageName|Create(Container|Pod)\w*Error/;

/** How long the API server may refuse a workload's pods until the run that waits for them is ended. */
const REFUSED_MS = 20_000;

/**
 * Runs what waits for workloads, and ends it where the API server refuses their pods, or where these cannot become
 * ready: Pulumi would wait for minutes.
 * @throws UserError with the API server's or the pod's sentence
 */
export async function whileTaken(
  api: Api,
  paths: readonly string[],
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const bound = new AbortController();
  const ended = new AbortController();
  const running = run(AbortSignal.any([signal, bound.signal])).finally(() => ended.abort());
  const since = { refused: undefined as number | undefined, stuck: undefined as number | undefined };
  const lasts = (what: keyof typeof since, is: boolean, limit: number) => {
    since[what] = is ? (since[what] ?? Date.now()) : undefined;
    return Date.now() - (since[what] ?? Date.now()) > limit;
  };
  while (!ended.signal.aborted) {
    await sleep(2000, undefined, { signal: ended.signal }).catch(() => undefined);
    const answers = await Promise.all(
      paths.map((path) => unlessMissing(api.get<KubeObject>(path)).catch(() => undefined)),
    );
    const refused = answers.flatMap((live) => refusalIn(live) ?? []);
    const isRefused = lasts("refused", refused.length > 0, REFUSED_MS);
    // What Pulumi has not made yet has no trouble.
    const troubles = await Promise.all(
      answers.map(async (live, index) =>
        live === undefined || isReady(live) ? undefined : troubleOf(api, paths[index]!, live),
      ),
    );
    const stuck = troubles.flatMap((trouble) => (trouble?.isStuck ? [trouble.text] : []));
    const isStuck = lasts("stuck", stuck.length > 0, TROUBLE_MS);
    if ((isRefused || isStuck) && !ended.signal.aborted) {
      bound.abort(
        new UserError(
          isRefused
            ? `The API server refuses pods: ${refused.join("; ")}`
            : `Pods cannot become ready: ${stuck.join("; ")}`,
        ),
      );
      break;
    }
  }
  await running.catch((error) => Promise.reject(bound.signal.aborted ? bound.signal.reason : error));
}

function refusalIn(live: KubeObject | undefined): string | undefined {
  const refused = mapsAt(live, "status", "conditions").find(
    ({ type, status }) => type === "ReplicaFailure" && status === "True",
  );
  return textAt(refused, "message");
}
