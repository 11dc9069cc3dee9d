import type { PodsCheck } from "../../../components/lessons/checks/check";
import type { KubeObject } from "../../../kube";
import { listed, type Probe } from "./probe";

/** The parts of a pod that the probe reads. */
export interface PodSeen {
  name: string;
  app: string;
  version: string;
  ready: boolean;
  /** Why it is not ready, in the kubelet's words. */
  problem?: string;
  /**
   * Which of the mesh's containers it has. `init` is a native sidecar, which starts before the app and keeps running.
   */
  proxy: "init" | "container" | "none";
  istioInit: boolean;
}

export const pods: Probe<PodsCheck, PodSeen[]> = {
  expected: ({ apps }) =>
    `${apps.map(({ app, version, pods }) => `${pods} × ${app} ${version}`).join(", ")}; each ready, with istio-init and istio-proxy`,
  look: async ({ about }, { seat }) =>
    (await seat.list(`/api/v1/namespaces/${about.namespace}/pods`))
      .filter(({ metadata }) => !metadata.deletionTimestamp)
      .map(read),
  evaluate({ apps }, all) {
    const chosen = apps.map((wanted) => ({
      wanted,
      pods: all.filter(({ app, version }) => app === wanted.app && version === wanted.version),
    }));
    const problems = chosen.flatMap(({ wanted, pods }) => [
      ...(pods.length === wanted.pods
        ? []
        : [{ name: `${wanted.app} ${wanted.version}`, problem: `${pods.length} of ${wanted.pods} pods` }]),
      ...pods.flatMap((pod) => problemsOf(pod).map((problem) => ({ name: pod.name, problem }))),
    ]);
    if (problems.length > 0) {
      const words = problems.map(({ name, problem }) => `${name}: ${problem}`);
      return {
        ok: false,
        seen: [...words.slice(0, 3), ...(words.length > 3 ? [`${words.length - 3} more`] : [])].join("; "),
        evidence: { pods: problems },
      };
    }
    const seen = chosen.flatMap(({ pods }) => pods);
    const native = seen.every(({ proxy }) => proxy === "init");
    const named = new Set(chosen.map(({ wanted }) => wanted.app));
    const counts =
      chosen.length > 1 && chosen.some(({ wanted }) => wanted.pods > 1)
        ? ` (${listed(chosen.map(({ wanted }) => `${named.size > 1 ? `${wanted.app} ` : ""}${wanted.version}: ${wanted.pods}`))})`
        : "";
    return {
      ok: true,
      seen: `${seen.length} of ${seen.length} pods ready${counts}, each with istio-init and istio-proxy${native ? " (a native sidecar)" : ""}`,
    };
  },
};

function problemsOf({ ready, problem, proxy, istioInit }: PodSeen): string[] {
  const lacks = [...(proxy === "none" ? ["istio-proxy"] : []), ...(istioInit ? [] : ["istio-init"])];
  return [...(ready ? [] : [problem ?? "not ready"]), ...(lacks.length > 0 ? [`no ${lacks.join(", no ")}`] : [])];
}

/** Reads a pod as the probe needs it. */
export function read(pod: KubeObject): PodSeen {
  const names = (containers: { name: string }[] | undefined) => (containers ?? []).map(({ name }) => name);
  const init = names(pod.spec?.initContainers);
  const statuses = [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ] as ContainerStatus[];
  const conditions = (pod.status?.conditions ?? []) as { type: string; status: string; message?: string }[];
  return {
    name: pod.metadata.name,
    app: pod.metadata.labels?.app ?? "",
    version: pod.metadata.labels?.version ?? "",
    ready: conditions.some(({ type, status }) => type === "Ready" && status === "True"),
    problem: waiting(statuses) ?? conditions.find(({ status, message }) => status === "False" && message)?.message,
    proxy: init.includes("istio-proxy")
      ? "init"
      : names(pod.spec?.containers).includes("istio-proxy")
        ? "container"
        : "none",
    // Where Istio's CNI plugin sets up the redirection, istio-validation runs instead.
    istioInit: init.includes("istio-init") || init.includes("istio-validation"),
  };
}

interface ContainerStatus {
  name: string;
  state?: { waiting?: { reason?: string; message?: string } };
}

function waiting(statuses: ContainerStatus[]): string | undefined {
  const found = statuses.find(({ state }) => state?.waiting?.reason && state.waiting.reason !== "PodInitializing");
  return found && `${found.name} is waiting (${found.state!.waiting!.reason})`;
}
