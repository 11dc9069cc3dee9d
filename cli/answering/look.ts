import { gatewayName, ingressNamespace } from "../../components/mesh/gateway";
import type { KubeObject } from "../../kube";
import type { Answer, Seat } from "../seat/seat";
import type { Awaited, Workload } from "./awaited";
import { PUBLISHED_PORTS } from "../stack/entry";

/** The state of a seat at one moment. */
export interface Look {
  /** The number of awaited parts, and how many of them are ready. */
  readonly total: number;
  readonly come: number;
  /** A line for each part that is not ready. */
  readonly missing: readonly string[];
  /** What was not checked if the gateway answered only inside the cluster. */
  readonly notice?: string;
}

/**
 * Looks once at all that a seat needs before it answers. Never throws: a part that could not be asked counts as
 * missing.
 */
export async function look(seat: Seat, awaited: Awaited): Promise<Look> {
  const { pages, workloads, restarted } = awaited;
  const asked = restarted ? pages : [];
  const [pods, gateway, ...behind] = await Promise.all([
    missingWorkloads(seat, workloads),
    answerOf(seat, awaited, "/", 5000),
    ...asked.map((page) => silentPage(seat, awaited, page)),
  ]);
  // Any answer of the gateway counts. Without a route it answers 404.
  const answers = [gateway.status > 0 ? undefined : await silentGateway(seat, awaited, gateway), ...behind];
  const silent = answers.filter((line) => line !== undefined);
  const total = workloads.length + answers.length;
  const isInside = gateway.status > 0 && gateway.isThroughApi && !awaited.entry.isForwarded;
  return {
    total,
    come: total - pods.count - silent.length,
    missing: [...pods.lines, ...silent],
    ...(isInside && { notice: insideText(awaited.gatewayUrl) }),
  };
}

async function missingWorkloads(
  seat: Seat,
  workloads: readonly Workload[],
): Promise<{ count: number; lines: string[] }> {
  let live: Record<Workload["kind"], KubeObject[]>;
  try {
    const [Deployment, StatefulSet] = await Promise.all(
      ["deployments", "statefulsets"].map((kind) => seat.list(`/apis/apps/v1/${kind}`)),
    );
    live = { Deployment: Deployment!, StatefulSet: StatefulSet! };
  } catch (error) {
    return { count: workloads.length, lines: [`${workloads.length} Deployments: ${(error as Error).message}`] };
  }
  const lines = workloads.flatMap(({ kind, namespace, name }) => {
    const found = live[kind].find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
    const lack = found === undefined ? "it does not exist" : lackOf(found);
    return lack === undefined ? [] : [`${kind} ${namespace}/${name}: ${lack}`];
  });
  return { count: lines.length, lines };
}

/** A workload that is scaled to zero lacks nothing. */
function lackOf({ metadata, spec = {}, status = {} }: KubeObject): string | undefined {
  const [wanted, available] = [Number(spec.replicas ?? 1), Number(status.availableReplicas ?? 0)];
  if (Number(status.observedGeneration ?? 0) < Number(metadata.generation ?? 0))
    return "its controller has not seen it yet";
  return available < wanted ? `${available} of ${wanted} ${wanted === 1 ? "pod" : "pods"} available` : undefined;
}

function insideText(gatewayUrl: string): string {
  return (
    `The gateway answers inside the cluster, where the API server asked it. From this machine nothing answers at GATEWAY_URL ${gatewayUrl}, and whether it answers trainees is unknown: ` +
    `azure.traineeCidrs and azure.openToWorld say whom the security group lets in. Ask from a trainee's network: curl -sS -o /dev/null -w '%{http_code}\\n' ${gatewayUrl}/`
  );
}

/** Says of a gateway at node ports whether it answers inside the cluster: then only the way to it is missing. */
async function silentGateway(seat: Seat, { entry }: Awaited, { of, error }: Answered): Promise<string> {
  const silence = `${of}: ${error}`;
  if (!entry.isAtSomebodysNode) return silence;
  const isInside = await seat.fromService(ingressNamespace, gatewayName, 80, "/").then(
    () => true,
    () => false,
  );
  return isInside ? `${silence}. Inside the cluster the gateway answers. ${PUBLISHED_PORTS}` : silence;
}

async function silentPage(seat: Seat, awaited: Awaited, page: string): Promise<string | undefined> {
  const answer = await answerOf(seat, awaited, page.slice(awaited.gatewayUrl.length), 10_000);
  if (answer.status === 0) return `${page}: ${answer.error}`;
  return isNobody(answer)
    ? `${page}: the gateway answers ${answer.status}, because nothing behind it is ready`
    : undefined;
}

interface Answered extends Pick<Answer, "status" | "body" | "error"> {
  /** Who answers, for a message. */
  readonly of: string;
  readonly isThroughApi: boolean;
}

/**
 * Asks from this machine. Asks through the API server if a port-forward leads there, or if a security group may keep
 * this machine out.
 */
async function answerOf(
  seat: Seat,
  { gatewayUrl, guarded, entry }: Awaited,
  path: string,
  timeoutMilliseconds: number,
): Promise<Answered> {
  if (!entry.isForwarded) {
    const answer = await seat.http(path, { timeoutMilliseconds });
    if (answer.status > 0 || !guarded) return { ...answer, of: `GATEWAY_URL ${gatewayUrl}`, isThroughApi: false };
  }
  const through = { of: `Service ${ingressNamespace}/${gatewayName}`, isThroughApi: true };
  try {
    return { ...(await seat.fromService(ingressNamespace, gatewayName, 80, path)), ...through };
  } catch (error) {
    return { status: 0, body: "", error: (error as Error).message, ...through };
  }
}

/**
 * Whether Envoy reports that nothing behind it answers. A fault that a lesson injects is an answer; Envoy's body names
 * it.
 */
function isNobody({ status, body }: Pick<Answer, "status" | "body">): boolean {
  return [502, 503, 504].includes(status) && !body.includes("fault filter abort");
}
