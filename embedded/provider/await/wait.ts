import { ApiError, WholeObject } from "../../../kube";
import { NotReadyError } from "../errors";
import { Cluster } from "../cluster";
import { Host } from "../host";
import { annotation, groupOf, isTrue } from "../kinds";
import { deployment } from "./deployment";
import { claim, daemonSet, definition, job, pod, statefulSet } from "./others";
import { Look, ReadinessRule } from "./rule";
import { service } from "./service";
import { stuckOn } from "./stuck";
import { waitFor } from "./wait-for";

const rules: Record<string, ReadinessRule> = {
  "apps/Deployment": deployment,
  "apps/StatefulSet": statefulSet,
  "apps/DaemonSet": daemonSet,
  "batch/Job": job,
  "/Service": service,
  "/Pod": pod,
  "/PersistentVolumeClaim": claim,
  "apiextensions.k8s.io/CustomResourceDefinition": definition,
};

export interface Waiting {
  cluster: Cluster;
  host: Host;
  urn: string;
  /** Seconds from the program's customTimeouts; 0 for none. */
  timeout: number;
  cancelled: AbortSignal;
}

export function ruleFor(inputs: WholeObject): ReadinessRule | undefined {
  if (isTrue(inputs, "pulumi.com/skipAwait")) return undefined;
  const wish = annotation(inputs, "pulumi.com/waitFor");
  return wish ? waitFor(wish) : rules[`${groupOf(inputs.apiVersion)}/${inputs.kind}`];
}

/**
 * How many seconds an operation on the object may take: its annotation, else the program's customTimeouts, else the
 * kind's default.
 */
export const secondsFor = (inputs: WholeObject, custom: number, otherwise: number): number =>
  Number(annotation(inputs, "pulumi.com/timeoutSeconds") ?? 0) || custom || otherwise;

const DETAILS_EVERY = 10_000;
const LOOK_AT_LEAST_EVERY = 1_000;
/**
 * How long a refused pod is waited for. A new account or a freed quota ends a refusal within seconds, and a policy
 * stays.
 */
const REFUSED_FOR = 20_000;
/** When a deletion begins to say what it waits for. */
const STUCK_AFTER = 20_000;

/** Waits until the object is ready and returns it. @throws NotReadyError at the timeout or when cancelled */
export async function awaitReady(w: Waiting, inputs: WholeObject, created: WholeObject): Promise<WholeObject> {
  const rule = ruleFor(inputs);
  if (!rule) return created;
  const path = await w.cluster.path(created);
  const said = new Set<string>();
  const say = (severity: "info" | "warning", text: string): void => {
    if (!said.has(text)) w.host.status(severity, w.urn, text);
    said.add(text);
  };
  const name = created.metadata.name;
  const deadline = Date.now() + secondsFor(inputs, w.timeout, rule.timeout) * 1000;
  const alarm = new Alarm(w.cluster, created, path, rule);
  let nextDetails = Date.now() + DETAILS_EVERY;
  let refusedSince: number | undefined;
  let live = created;
  if (rule.opening) say("info", rule.opening);
  try {
    for (;;) {
      live = (await w.cluster.request("GET", path)) as WholeObject;
      const look = await rule.look(live, w.cluster);
      for (const [severity, text] of look.messages ?? []) say(severity === "warning" ? "warning" : "info", text);
      if (look.ready && !(look.settling && Date.now() < deadline)) {
        w.host.status("info", w.urn, "");
        return live;
      }
      if (w.cancelled.aborted)
        throw await notReady(`Resource operation was cancelled for ${JSON.stringify(name)}`, look, live);
      if (Date.now() >= deadline) throw await notReady(`'${name}' timed out waiting to be Ready`, look, live);
      refusedSince = look.refusal === undefined ? undefined : (refusedSince ?? Date.now());
      if (refusedSince !== undefined && Date.now() - refusedSince >= REFUSED_FOR)
        throw await notReady(`'${name}' cannot become Ready: the API server refuses its pods`, look, live);
      if (Date.now() >= nextDetails) {
        nextDetails = Date.now() + DETAILS_EVERY;
        for (const text of (await rule.details?.(live, w.cluster)) ?? []) say("warning", text);
      }
      await alarm.ring(Math.min(LOOK_AT_LEAST_EVERY, Math.max(50, deadline - Date.now())));
    }
  } finally {
    alarm.stop();
  }
  async function notReady(message: string, look: Look, o: WholeObject): Promise<NotReadyError> {
    const details = w.cancelled.aborted ? [] : ((await rule!.details?.(o, w.cluster).catch(() => [])) ?? []);
    return new NotReadyError(message, [...(look.problems ?? []), ...details]);
  }
}

/** Looks once at an object that is being refreshed. @throws NotReadyError if it is not ready */
export async function lookOnce(w: Waiting, inputs: WholeObject, live: WholeObject): Promise<void> {
  const rule = ruleFor(inputs);
  if (!rule?.onRead) return;
  const look = await rule.look(live, w.cluster);
  for (const [severity, text] of look.messages ?? []) w.host.status(severity, w.urn, text);
  if (!look.ready) {
    const details = (await rule.details?.(live, w.cluster)) ?? [];
    throw new NotReadyError(`Resource ${JSON.stringify(live.metadata.name)} was created but failed to initialize`, [
      ...(look.problems ?? []),
      ...details,
    ]);
  }
  w.host.status("info", w.urn, "");
}

/** Waits until the object is gone. */
export async function awaitGone(w: Waiting, inputs: WholeObject, path: string, uid: string | undefined): Promise<void> {
  const seconds = secondsFor(inputs, w.timeout, 600);
  const deadline = Date.now() + seconds * 1000;
  const [, collection, name] = /^(.*)\/([^/]+)$/.exec(path)!;
  let nextReasons = Date.now() + STUCK_AFTER;
  let reasons: string[] = [];
  const alarm = new Alarm(w.cluster, { apiVersion: "", kind: "", metadata: { name: name! } }, `${collection}/${name}`);
  try {
    for (let first = true; ; first = false) {
      const live = (await w.cluster.request("GET", path).catch((e: unknown) => {
        if (e instanceof ApiError && e.isNotFound) return undefined;
        throw e;
      })) as WholeObject | undefined;
      if (!live || (uid && live.metadata.uid !== uid)) return w.host.status("info", w.urn, "");
      if (first) w.host.status("info", w.urn, "Resource scheduled for deletion");
      if (w.cancelled.aborted)
        throw new NotReadyError(`Resource operation was cancelled for ${JSON.stringify(name)}`, []);
      const isLate = Date.now() >= deadline;
      if (isLate || Date.now() >= nextReasons) {
        nextReasons = Date.now() + DETAILS_EVERY;
        const now = await stuckOn(w.cluster, live);
        for (const text of now.filter((text) => !reasons.includes(text))) w.host.status("warning", w.urn, text);
        reasons = now;
      }
      if (isLate)
        throw new NotReadyError(
          `timed out waiting for deletion: finalizers might be preventing deletion (${(live.metadata.finalizers ?? []).join(", ")})`,
          reasons,
        );
      await alarm.ring(LOOK_AT_LEAST_EVERY);
    }
  } finally {
    alarm.stop();
  }
}

/** Wakes its owner at the first event on the object, or on what the rule watches besides it. */
class Alarm {
  private readonly stopped = new AbortController();
  private wake: () => void = () => undefined;
  private pending = false;

  constructor(cluster: Cluster, o: WholeObject, path: string, rule?: ReadinessRule) {
    const collection = path.slice(0, path.lastIndexOf("/"));
    void cluster.watch(
      collection,
      { fieldSelector: `metadata.name=${o.metadata.name}` },
      () => this.go(),
      this.stopped.signal,
    );
    const also = rule?.also?.(o);
    if (also) void cluster.watch(also.path, also.query, () => this.go(), this.stopped.signal);
  }
  private go(): void {
    this.pending = true;
    this.wake();
  }
  async ring(atMost: number): Promise<void> {
    if (!this.pending) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, atMost);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.pending = false;
  }
  stop(): void {
    this.stopped.abort();
  }
}
