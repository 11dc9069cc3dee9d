import { WholeObject } from "../../../kube";
import { Bag } from "../wire";
import { listOwned, podProblems } from "./pods";
import { Look, ReadinessRule } from "./rule";

const REVISION = "deployment.kubernetes.io/revision";

/**
 * A Deployment is ready when its controller has seen it, it is available, and all pods of its revision's ReplicaSet
 * are ready.
 */
export const deployment: ReadinessRule = {
  timeout: 600,
  onRead: true,
  async look(o, cluster): Promise<Look> {
    const { metadata, spec, status } = o;
    const revision = metadata.annotations?.[REVISION];
    if (!revision || status?.observedGeneration !== metadata.generation) return { ready: false };
    const messages: Look["messages"] = [];
    const problems: string[] = [];
    const condition = (type: string): Bag | undefined => (status.conditions ?? []).find((c: Bag) => c.type === type);
    // No pod comes of a refused one, and none of the other conditions says why.
    const failure = condition("ReplicaFailure");
    const refusal = failure?.status === "True" ? `[${failure.reason}] ${failure.message}` : undefined;
    if (refusal !== undefined) {
      problems.push(refusal);
      messages.push(["warning", refusal]);
    }
    for (const c of [condition("Progressing"), condition("Available")]) {
      if (c && c.status !== "True") {
        problems.push(`[${c.reason}] ${c.message}`);
        messages.push(["warning", `[${c.reason}] ${c.message}`]);
      }
    }
    const available = condition("Available")?.status === "True";
    const progressing = condition("Progressing");
    const rolledOut =
      revision === "1" || (progressing?.status === "True" && progressing.reason === "NewReplicaSetAvailable");
    const sets = await listOwned(
      cluster,
      "/apis/apps/v1/namespaces/{ns}/replicasets",
      metadata.namespace!,
      spec.selector,
      metadata.uid,
    );
    const current = sets.find((rs) => rs.metadata.annotations?.[REVISION] === revision);
    const wanted = current?.spec.replicas ?? 1;
    const alive = current?.status?.readyReplicas ?? 0;
    const complete = current !== undefined && wanted >= Math.min(1, spec.replicas ?? 1) && alive >= wanted;
    if (current && !complete)
      messages.push(["info", `Waiting for app ReplicaSet to be available (${alive}/${wanted} Pods available)`]);
    if (available && rolledOut && complete) {
      const settling = (status.replicas ?? 0) > wanted;
      return { ready: true, settling, messages: settling ? [] : [["info", "Deployment initialization complete"]] };
    }
    if (!available) problems.push("Minimum number of live Pods was not attained");
    else if (!rolledOut)
      problems.push("Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live");
    else problems.push("Minimum number of Pods to consider the application live was not attained");
    return { ready: false, messages, problems, ...(refusal !== undefined && { refusal }) };
  },
  async details(o: WholeObject, cluster): Promise<string[]> {
    return podProblems(
      await listOwned(cluster, "/api/v1/namespaces/{ns}/pods", o.metadata.namespace!, o.spec.selector),
    );
  },
};
