import { DYNAMIC_PREFIX, dynamicType } from "../../components/cluster/dynamic-type";
import { gatewayEntryOf, type GatewayEntry } from "../stack/entry";
import { isOutgoing, type StateResource } from "../stack/stack";

/** What a seat needs before it answers, according to its stack's state. */
export interface Awaited {
  /** GATEWAY_URL. */
  readonly gatewayUrl: string;
  /** The start pages of the lessons behind GATEWAY_URL. */
  readonly pages: readonly string[];
  readonly workloads: readonly Workload[];
  /** The run has made or started the cluster's machine, so the API may still report pods as they were before. */
  readonly restarted: boolean;
  /** How the gateway is reached. */
  readonly entry: GatewayEntry;
  /** A security group restricts access to the gateway. It admits trainees, but perhaps not this machine. */
  readonly guarded: boolean;
}

export interface Workload {
  readonly kind: "Deployment" | "StatefulSet";
  readonly namespace: string;
  readonly name: string;
}

const kinds = ["Deployment", "StatefulSet"] as const;

/** @param since when the run began, in milliseconds since the epoch. @returns undefined where the stack has no gateway */
export function awaitedOf(resources: readonly StateResource[], since: number): Awaited | undefined {
  const current = resources.filter((resource) => !isOutgoing(resource));
  const { GATEWAY_URL: gatewayUrl, lessons } =
    current.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
  if (typeof gatewayUrl !== "string" || !URL.canParse(gatewayUrl)) return undefined;
  const pages = Object.values((lessons ?? {}) as Record<string, unknown>).filter(
    (page): page is string => typeof page === "string" && page.startsWith(`${gatewayUrl}/`),
  );
  const restarted = current.some((resource) => isMachine(resource) && touchedAt(resource) >= since);
  const guarded = current.some(({ type }) => type === "azure-native:network:NetworkSecurityGroup");
  return {
    gatewayUrl,
    pages,
    workloads: current.flatMap(workloadsOf),
    restarted,
    entry: gatewayEntryOf(current),
    guarded,
  };
}

/** Whether a run makes, starts or restarts a cluster with this resource. The generation alone starts nothing. */
function isMachine({ type }: StateResource): boolean {
  return (
    (type.startsWith(DYNAMIC_PREFIX) && type !== dynamicType("Generation")) ||
    type === "azure-native:compute:VirtualMachine"
  );
}

function touchedAt({ modified }: StateResource): number {
  return modified === undefined ? -Infinity : Date.parse(modified);
}

function workloadsOf({ type, id, outputs = {} }: StateResource): Workload[] {
  if (type === "kubernetes:helm.sh/v3:Release") return ofRelease(outputs);
  return kinds.filter((kind) => type === `kubernetes:apps/v1:${kind}`).map((kind) => named(kind, id ?? "", "default"));
}

/** A release lists each of its objects as NAMESPACE/NAME, or by the name alone where the chart omits the namespace. */
function ofRelease({ namespace, resourceNames }: Record<string, unknown>): Workload[] {
  const names = (resourceNames ?? {}) as Record<string, unknown>;
  return kinds.flatMap((kind) =>
    Object.entries(names).flatMap(([key, objects]) =>
      key.startsWith(`${kind}.apps/`) && Array.isArray(objects)
        ? objects.map((object) => named(kind, String(object), String(namespace ?? "default")))
        : [],
    ),
  );
}

function named(kind: Workload["kind"], id: string, otherwise: string): Workload {
  const slash = id.indexOf("/");
  return { kind, namespace: slash < 0 ? otherwise : id.slice(0, slash), name: id.slice(slash + 1) };
}
