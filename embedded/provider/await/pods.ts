import { Cluster } from "../cluster";
import { WholeObject } from "../../../kube";
import { Bag } from "../wire";

/** The label selector of `spec.selector`, as a query. */
export function selectorQuery(selector: Bag | undefined): string | undefined {
  if (!selector) return undefined;
  const parts = Object.entries(selector.matchLabels ?? {}).map(([k, v]) => `${k}=${String(v)}`);
  for (const { key, operator, values } of (selector.matchExpressions ?? []) as Bag[]) {
    if (operator === "In" || operator === "NotIn") parts.push(`${key} ${operator.toLowerCase()} (${values.join(",")})`);
    else parts.push(operator === "Exists" ? key : `!${key}`);
  }
  return parts.join(",");
}

export async function listOwned(
  cluster: Cluster,
  path: string,
  namespace: string,
  selector: Bag | undefined,
  owner?: string,
): Promise<WholeObject[]> {
  const list = (await cluster.request("GET", path.replace("{ns}", namespace), {
    query: { labelSelector: selectorQuery(selector) },
  })) as Bag;
  return (list.items as WholeObject[]).filter(
    (o) => !owner || (o.metadata.ownerReferences ?? []).some((r: Bag) => r.uid === owner),
  );
}

const passing = new Set(["ContainerCreating", "PodInitializing"]);

/** Why a pod is not ready, in one line. Undefined if it is ready. */
export function podProblem(pod: WholeObject): string | undefined {
  const conditions = (pod.status?.conditions ?? []) as Bag[];
  const bad = (type: string): Bag | undefined => conditions.find((c) => c.type === type && c.status !== "True");
  if (pod.status?.phase === "Succeeded" || (conditions.length > 0 && !bad("Ready"))) return undefined;
  const where = `[Pod ${pod.metadata.namespace}/${pod.metadata.name}]: `;
  const unscheduled = bad("PodScheduled");
  if (unscheduled) return `${where}[${unscheduled.reason}] ${unscheduled.message}`;
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])] as Bag[];
  const reasons = statuses.flatMap(({ state, lastState }) => {
    const last = lastState?.terminated ? ` (last exit code ${lastState.terminated.exitCode})` : "";
    if (state?.waiting && !passing.has(state.waiting.reason))
      return [`[${state.waiting.reason}] ${state.waiting.message ?? ""}${last}`.trim()];
    const t = state?.terminated;
    return t && t.exitCode !== 0
      ? [`[${t.reason}] ${t.message ?? `Container completed with exit code ${t.exitCode}`}`]
      : [];
  });
  const unready = bad("Initialized")?.message ?? bad("ContainersReady")?.message ?? bad("Ready")?.message ?? "";
  return unready || reasons.length > 0 ? where + unready + reasons.join(" ") : undefined;
}
export const podProblems = (pods: WholeObject[]): string[] =>
  pods.map(podProblem).filter((p): p is string => p !== undefined);
