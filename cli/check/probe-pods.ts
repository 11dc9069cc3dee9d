import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../base/errors";
import { ApiError, unlessMissing, type Api, type KubeObject } from "../../kube";
import { images } from "../../versions";
import { ApiSilent } from "../seat/api";
import { isReady } from "../seat/live-seat";
import { hasSidecar } from "../seat/sidecar";
import { mayRun, readRun, thisRun } from "./run-mark";

/** The namespace of the two pods. No lesson uses it, so no lesson's policy applies to them. */
export const PROBE_NAMESPACE = "istio-lab-check";
/**
 * `outsider` has no sidecar and sends plaintext. `stranger` has a sidecar, so it is in the mesh with an identity that
 * no policy names.
 */
export type ProbePod = "outsider" | "stranger";

/** Marks the namespace with the run that owns it, as thisRun() writes it. A namespace without it is somebody else's. */
const OWNER = "istio-lab/check-run";
/** Marks the pods. The value stays `guest`, because killed runs of older versions left pods with it. */
const MARK = { "istio-lab/check": "guest" };
const namespacePath = `/api/v1/namespaces/${PROBE_NAMESPACE}`;
const podsPath = `${namespacePath}/pods`;
/** A pod takes some seconds; pulling its image over a slow line takes longer. */
const READY_WITHIN_MS = 60_000;
const GONE_WITHIN_MS = 30_000;

/** A pod of `check` itself does not run. This proves nothing about the lesson. */
export class ProbePodMissing extends Error {
  override name = "ProbePodMissing";
}

/**
 * The only thing that `check` changes on the seat: two pods in their own namespace, created for the run and deleted at
 * its end.
 */
export class ProbePods {
  private readonly pods = new Map<ProbePod, Promise<void>>();
  /** The uid of the namespace that this run created or took over. */
  private uid?: string;

  constructor(
    private readonly api: Api,
    private readonly signal: AbortSignal,
  ) {}

  /** Creates the pods, or takes over those of a killed run. `ready` throws what fails here. */
  prepare(probePods: readonly ProbePod[]): void {
    const namespace = this.namespace();
    for (const probePod of probePods) {
      const arrived = namespace.then(() => this.pod(probePod));
      arrived.catch(() => undefined);
      this.pods.set(probePod, arrived);
    }
  }

  /**
   * Waits until the pod is ready.
   * @throws {ProbePodMissing} where it does not run; {UserError} where the namespace is not ours to use
   */
  async ready(probePod: ProbePod): Promise<void> {
    await this.pods.get(probePod)?.catch((error: unknown) => {
      const notCreated = error instanceof ApiSilent || error instanceof ApiError;
      throw notCreated
        ? new ProbePodMissing(
            `the pod ${PROBE_NAMESPACE}/${probePod}, which sends this check's requests, could not be created: ${error.message}`,
          )
        : error;
    });
  }

  /** Deletes what this run created, and waits until it is gone. A namespace with somebody else's pod stays. */
  async remove(): Promise<void> {
    await Promise.allSettled(this.pods.values());
    const { uid } = this;
    if (uid === undefined || !(await this.isOurs(uid))) return;
    const pods = (await unlessMissing(this.api.request<{ items: KubeObject[] }>("GET", podsPath), { items: [] })).items;
    // Pods from runs of older versions may lack the mark, but have the name.
    const ours = pods.filter(({ metadata }) => hasMark(metadata) || this.pods.has(metadata.name as ProbePod));
    await Promise.all(ours.map(({ metadata }) => this.delete(`${podsPath}/${metadata.name}`, metadata.uid as string)));
    if (ours.length < pods.length) return;
    await this.delete(namespacePath, uid);
    await this.until(GONE_WITHIN_MS, async () => (await this.find(namespacePath)) === undefined).catch(() => undefined);
  }

  /** @throws UserError where the namespace belongs to somebody else or another run */
  private async namespace(): Promise<void> {
    const metadata = {
      name: PROBE_NAMESPACE,
      labels: { "istio-injection": "enabled" },
      annotations: { [OWNER]: thisRun() },
    };
    const there = await this.find(namespacePath);
    if (there !== undefined && !there.metadata.deletionTimestamp) requireTakeable(there);
    if (there?.metadata.deletionTimestamp)
      await this.until(GONE_WITHIN_MS, async () => (await this.find(namespacePath)) === undefined);
    const made =
      there && !there.metadata.deletionTimestamp
        ? await this.api.request<KubeObject>("PATCH", namespacePath, {
            body: { metadata: { ...metadata, uid: there.metadata.uid } },
            type: "application/merge-patch+json",
          })
        : await this.api.request<KubeObject>("POST", "/api/v1/namespaces", {
            body: { apiVersion: "v1", kind: "Namespace", metadata },
          });
    this.uid = made.metadata.uid as string;
  }

  /** A refused run must not delete what belongs to the other run. */
  private async isOurs(uid: string): Promise<boolean> {
    const there = await this.find(namespacePath);
    return there?.metadata.uid === uid && there.metadata.annotations?.[OWNER] === thisRun();
  }

  /** Deletes exactly this object, not another one that got its name since. */
  private async delete(path: string, uid: string): Promise<void> {
    const isGone = (error: unknown) => error instanceof ApiError && (error.code === 404 || error.code === 409);
    await this.api
      .request("DELETE", path, { body: { gracePeriodSeconds: 0, preconditions: { uid } } })
      .catch((error: unknown) => {
        if (!isGone(error)) throw error;
      });
  }

  private async pod(probePod: ProbePod): Promise<void> {
    const path = `${podsPath}/${probePod}`;
    const left = await this.find(path);
    if (left && (left.status?.phase !== "Running" || left.metadata.deletionTimestamp)) {
      await this.delete(path, left.metadata.uid as string);
      await this.until(GONE_WITHIN_MS, async () => (await this.find(path)) === undefined);
    }
    if (left?.status?.phase !== "Running" || left.metadata.deletionTimestamp) await this.create(probePod);
    let last: KubeObject | undefined;
    const isThere = async () => {
      this.signal.throwIfAborted();
      return (last = await this.find(path)) !== undefined && isReady(last);
    };
    await this.until(READY_WITHIN_MS, isThere).catch(() => {
      throw new ProbePodMissing(
        `the pod ${PROBE_NAMESPACE}/${probePod}, which sends this check's requests, is not ready: ${problemOf(last)}`,
      );
    });
    if (probePod === "stranger" && !hasSidecar(last!)) {
      throw new ProbePodMissing(
        `the pod ${PROBE_NAMESPACE}/stranger got no sidecar although its namespace has the label istio-injection=enabled: istiod's injection does not work`,
      );
    }
  }

  /** A controller creates the pod's account a moment after the namespace. */
  private async create(probePod: ProbePod): Promise<void> {
    const end = Date.now() + GONE_WITHIN_MS;
    for (;;) {
      try {
        return await this.api.request("POST", podsPath, { body: pod(probePod) });
      } catch (error) {
        if (!(error instanceof ApiError) || ![403, 500].includes(error.code) || Date.now() > end) throw error;
        await sleep(100, undefined, { signal: this.signal });
      }
    }
  }

  private async find(path: string): Promise<KubeObject | undefined> {
    return unlessMissing(this.api.request<KubeObject>("GET", path), undefined);
  }

  private async until(milliseconds: number, holds: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + milliseconds;
    while (!(await holds())) {
      if (Date.now() > end) throw new Error(`not within ${milliseconds / 1000} s`);
      await sleep(150);
    }
  }
}

// A shell as process 1 handles SIGTERM only between commands.
const idle = "trap 'exit 0' TERM; sleep 3600 & wait $!";

function pod(probePod: ProbePod): object {
  const sidecar = probePod === "stranger";
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: probePod,
      namespace: PROBE_NAMESPACE,
      labels: { app: probePod, ...MARK, ...(!sidecar && { "sidecar.istio.io/inject": "false" }) },
    },
    spec: {
      restartPolicy: "Never",
      terminationGracePeriodSeconds: 1,
      securityContext: { runAsNonRoot: true, runAsUser: 1000 },
      containers: [
        {
          name: "curl",
          image: images.curl,
          imagePullPolicy: "IfNotPresent",
          command: ["/bin/sh", "-c", idle],
          resources: { requests: { cpu: "10m", memory: "16Mi" } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  };
}

/** Why the pod is not ready, in the kubelet's words. Its sidecar starts before the container itself. */
function problemOf(pod: KubeObject | undefined): string {
  const statuses = [
    ...(pod?.status?.initContainerStatuses ?? []),
    ...(pod?.status?.containerStatuses ?? []),
  ] as ContainerStatus[];
  const held = statuses.find(({ state }) => state?.waiting?.reason && state.waiting.reason !== "PodInitializing");
  if (held)
    return [`${held.name} is waiting`, held.state!.waiting!.reason, held.state!.waiting!.message]
      .filter(Boolean)
      .join(": ");
  const unmet = ((pod?.status?.conditions ?? []) as { status: string; message?: string }[]).find(
    ({ status, message }) => status === "False" && message,
  );
  return unmet?.message ?? pod?.status?.phase ?? "it was not created";
}

interface ContainerStatus {
  name: string;
  state?: { waiting?: { reason?: string; message?: string } };
}

function hasMark({ labels = {} }: KubeObject["metadata"]): boolean {
  return Object.entries(MARK).every(([label, value]) => labels[label] === value);
}

/** Only what a killed run of this machine left may be taken over. @throws UserError */
function requireTakeable({ metadata }: KubeObject): void {
  const owner = metadata.annotations?.[OWNER];
  if (owner === undefined)
    throw new UserError(
      `Namespace ${PROBE_NAMESPACE} exists, and check did not create it: it lacks the annotation ${OWNER}. Check needs that namespace for its two pods. Rename yours.`,
    );
  const run = readRun(owner);
  if (owner === thisRun() || !mayRun(run, Date.parse(String(metadata.creationTimestamp)))) return;
  throw new UserError(
    run.isHere
      ? `Another check is running on this seat (process ${run.pid}). Wait until it ends, then check again.`
      : `Process ${run.pid} on ${run.host} is checking this seat, or was killed while it did. Only ${run.host} can tell. Check again there: that cleans up what was left.`,
  );
}
