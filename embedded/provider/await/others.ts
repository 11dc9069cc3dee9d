import { ApiError, WholeObject } from "../../../kube";
import { Bag } from "../wire";
import { listOwned, podProblem, podProblems } from "./pods";
import { Look, ReadinessRule } from "./rule";

const pods: ReadinessRule["details"] = async (o, cluster) =>
  podProblems(await listOwned(cluster, "/api/v1/namespaces/{ns}/pods", o.metadata.namespace!, o.spec.selector));
const seen = (o: WholeObject): boolean => o.status?.observedGeneration === o.metadata.generation;
const waiting = (what: string, problem: string): Look => ({
  ready: false,
  messages: [["info", what]],
  problems: [problem],
});

export const statefulSet: ReadinessRule = {
  timeout: 300,
  onRead: true,
  details: pods,
  look: (o) => {
    const { replicas: wanted = 1 } = o.spec;
    const {
      replicas: there = 0,
      readyReplicas: alive = 0,
      updatedReplicas: fresh = 0,
      currentRevision,
      updateRevision,
    } = o.status ?? {};
    const settled = there === wanted && alive === wanted; // also after scaling down: pods that are to go are gone
    const rolled =
      o.spec.updateStrategy?.type === "OnDelete" ||
      wanted === 0 ||
      (fresh >= wanted && currentRevision === updateRevision);
    if (seen(o) && settled && rolled)
      return { ready: true, messages: [["info", "StatefulSet initialization complete"]] };
    const problem = settled
      ? `StatefulSet controller failed to advance from revision ${JSON.stringify(currentRevision ?? "")} to revision ${JSON.stringify(updateRevision ?? "")}`
      : `${alive} out of ${wanted} replicas succeeded readiness checks`;
    return waiting(`Waiting for StatefulSet to be available (${alive}/${wanted} Pods ready)`, problem);
  },
};

export const daemonSet: ReadinessRule = {
  timeout: 600,
  details: pods,
  look: (o) => {
    const {
      desiredNumberScheduled: wanted = 0,
      updatedNumberScheduled: fresh = 0,
      numberAvailable: alive = 0,
    } = o.status ?? {};
    const rolled = o.spec.updateStrategy?.type === "OnDelete" || fresh >= wanted;
    if (seen(o) && alive >= wanted && rolled) return { ready: true };
    return waiting(
      `Waiting for DaemonSet to be available (${alive}/${wanted} Pods available)`,
      `${alive} out of ${wanted} Pods are available`,
    );
  },
};

export const job: ReadinessRule = {
  timeout: 600,
  onRead: true,
  details: pods,
  look: (o) => {
    const condition = (type: string): Bag | undefined =>
      (o.status?.conditions ?? []).find((c: Bag) => c.type === type && c.status === "True");
    if (condition("Complete") || condition("SuccessCriteriaMet") || o.spec.suspend) return { ready: true };
    const failed = condition("Failed");
    return waiting(
      `Waiting for Job to complete (${o.status?.succeeded ?? 0}/${o.spec.completions ?? 1} succeeded)`,
      failed ? `[${failed.reason}] ${failed.message}` : "Job has not completed",
    );
  },
};

export const pod: ReadinessRule = {
  timeout: 300,
  onRead: true,
  look: (o) => {
    const problem = podProblem(o);
    return problem === undefined && o.status?.phase !== "Pending"
      ? { ready: true }
      : waiting("Waiting for Pod to be ready", problem ?? "Pod is not ready");
  },
};

/** If the claim's class waits for its first pod, the claim counts as ready: that pod may come later. */
export const claim: ReadinessRule = {
  timeout: 300,
  onRead: true,
  async look(o, cluster): Promise<Look> {
    if (o.status?.phase === "Bound") return { ready: true };
    const name = o.spec.storageClassName;
    const found = name
      ? await cluster.request("GET", `/apis/storage.k8s.io/v1/storageclasses/${name}`).catch((e: unknown) => {
          if (e instanceof ApiError && e.isNotFound) return undefined;
          throw e;
        })
      : undefined;
    if (found?.volumeBindingMode === "WaitForFirstConsumer") return { ready: true };
    return waiting(
      "Waiting for PersistentVolumeClaim to be bound",
      `PersistentVolumeClaim is not bound: phase ${o.status?.phase ?? "unknown"}, class ${name ?? "none"}`,
    );
  },
};

/** A definition is ready when it is established. From then on, custom resources can be created. */
export const definition: ReadinessRule = {
  timeout: 60,
  look: (o) => {
    const established = (o.status?.conditions ?? []).some((c: Bag) => c.type === "Established" && c.status === "True");
    return established ? { ready: true } : { ready: false, problems: ["the definition is not established"] };
  },
};
