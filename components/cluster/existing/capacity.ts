import type { Finding } from "../finding";
import type { Amount } from "../../../kube";
import type { Survey } from "./survey";

/** What a seat asks for. */
export interface Demand extends Amount {
  readonly namespaces: readonly string[];
  readonly pods: number;
}

/**
 * Compares the free resources of the nodes with what the lessons request. Without it, `up` would show the shortage
 * later, as Pending pods.
 * @param own namespaces of the stack's own seat. Its pods are not counted as taken, since `demand` already covers
 *   them.
 * @param most the most that a node can have, where that is known. A node that is a container reports the resources of
 *   the whole machine, even if the container has a lower limit.
 */
export function capacity(
  { nodes, pods }: Survey,
  demand: Demand,
  own: readonly string[],
  most: Amount = { cpu: Infinity, memory: Infinity },
): Finding {
  const name = "room";
  const usable = nodes
    .filter((node) => node.usable)
    .map(({ cpu, memory }) => ({ cpu: Math.min(cpu, most.cpu), memory: Math.min(memory, most.memory) }));
  const taken = pods.filter(({ namespace }) => !own.includes(namespace));
  const free = { cpu: sum(usable, "cpu") - sum(taken, "cpu"), memory: sum(usable, "memory") - sum(taken, "memory") };
  const where = usable.length === 1 ? "one node" : `${usable.length} nodes`;
  const seen = `${amounts(free)} are free on ${where}; the mesh and the lessons request ${amounts(demand)} in ${demand.pods} pods`;
  if (free.cpu >= demand.cpu && free.memory >= demand.memory) return { name, status: "ok", seen };
  return {
    name,
    status: "refused",
    seen,
    todo: "Pods would stay Pending. Choose fewer lessons (istio-lab:lessons), stop what runs there, or add a node.",
  };
}

/** Checks the namespaces that the lessons create, and `default`, which is labelled for injection. */
export function namespaces(
  { namespaces: there, pods }: Survey,
  wanted: readonly string[],
  own: readonly string[],
): Finding[] {
  const name = "namespaces";
  const brought = wanted.filter((namespace) => namespace !== "default");
  const taken = brought.filter((namespace) => there.includes(namespace) && !own.includes(namespace));
  const todo =
    "The seat takes nothing over. Delete them if an earlier seat has left them, or choose other lessons (istio-lab:lessons).";
  const guests =
    wanted.includes("default") && !own.includes("default")
      ? pods.filter(({ namespace }) => namespace === "default").length
      : 0;
  return [
    taken.length > 0
      ? { name, status: "refused", seen: `${taken.join(", ")}: there already`, todo }
      : { name, status: "ok", seen: `${brought.join(", ")}: free, or this stack's` },
    ...(guests > 0
      ? [
          {
            name: "namespace default",
            status: "notice" as const,
            seen: `${guests} pods of others run there; while lesson bookinfo is installed, newly started ones get a sidecar`,
          },
        ]
      : []),
  ];
}

function sum(all: readonly Amount[], key: keyof Amount): number {
  return all.reduce((total, each) => total + each[key], 0);
}

function amounts({ cpu, memory }: Amount): string {
  return `${(cpu / 1000).toFixed(2)} CPU and ${Math.round(memory / 2 ** 20)} MiB`;
}
