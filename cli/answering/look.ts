import { gatewayName, ingressNamespace } from "../../components/mesh/gateway";
import { ServiceSilent, type Answer, type KubeObject, type Seat } from "../check/seat";
import type { Awaited, Workload } from "./awaited";
import { isForwarded } from "./quick";

/** What has been seen of a seat at one moment. */
export interface Look {
  /** How many things there are to come, and how many of them have. */
  readonly total: number;
  readonly come: number;
  /** A line for each that has not come. */
  readonly missing: readonly string[];
}

/** Looks once at all that a seat needs before it answers. Never throws: what could not be asked has not come. */
export async function look(seat: Seat, { gatewayUrl, pages, workloads, restarted }: Awaited): Promise<Look> {
  const asked = restarted ? pages : [];
  const [pods, ...answers] = await Promise.all([missingWorkloads(seat, workloads), silentGateway(seat, gatewayUrl), ...asked.map((page) => silentPage(seat, gatewayUrl, page))]);
  const silent = answers.filter((line) => line !== undefined);
  const total = workloads.length + answers.length;
  return { total, come: total - pods.count - silent.length, missing: [...pods.lines, ...silent] };
}

async function missingWorkloads(seat: Seat, workloads: readonly Workload[]): Promise<{ count: number; lines: string[] }> {
  let live: Record<Workload["kind"], KubeObject[]>;
  try {
    const [Deployment, StatefulSet] = await Promise.all(["deployments", "statefulsets"].map((kind) => seat.list(`/apis/apps/v1/${kind}`)));
    live = { Deployment: Deployment!, StatefulSet: StatefulSet! };
  } catch (error) {
    return { count: workloads.length, lines: [`${workloads.length} Deployments: ${(error as Error).message}`] };
  }
  const lines = workloads.flatMap(({ kind, namespace, name }) => {
    const found = live[kind].find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
    const lack = found === undefined ? "it is not there" : lackOf(found);
    return lack === undefined ? [] : [`${kind} ${namespace}/${name}: ${lack}`];
  });
  return { count: lines.length, lines };
}

/** What is scaled to zero lacks nothing. */
function lackOf({ metadata, spec = {}, status = {} }: KubeObject): string | undefined {
  const [wanted, available] = [Number(spec.replicas ?? 1), Number(status.availableReplicas ?? 0)];
  if (Number(status.observedGeneration ?? 0) < Number(metadata.generation ?? 0)) return "its controller has not seen it yet";
  return available < wanted ? `${available} of ${wanted} ${wanted === 1 ? "pod" : "pods"} available` : undefined;
}

/** Any answer of the gateway's own will do: without a route it says 404. */
async function silentGateway(seat: Seat, gatewayUrl: string): Promise<string | undefined> {
  if (!isForwarded(gatewayUrl)) {
    const { status, error } = await seat.http("/", { timeoutMilliseconds: 5000 });
    return status > 0 ? undefined : `GATEWAY_URL ${gatewayUrl}: ${error}`;
  }
  try {
    await seat.fromService(ingressNamespace, gatewayName, 80, "/");
    return undefined;
  } catch (error) {
    return `Service ${ingressNamespace}/${gatewayName}: ${(error as Error).message}`;
  }
}

async function silentPage(seat: Seat, gatewayUrl: string, page: string): Promise<string | undefined> {
  const answer = await pageOf(seat, gatewayUrl, page);
  if (answer.status === 0) return `${page}: ${answer.error}`;
  return isNobody(answer) ? `${page}: the gateway answers ${answer.status}, nothing behind it is ready` : undefined;
}

async function pageOf(seat: Seat, gatewayUrl: string, page: string): Promise<Pick<Answer, "status" | "body" | "error">> {
  const path = page.slice(gatewayUrl.length);
  if (!isForwarded(gatewayUrl)) return seat.http(path, { timeoutMilliseconds: 10_000 });
  try {
    return await seat.fromService(ingressNamespace, gatewayName, 80, path);
  } catch (error) {
    return { status: error instanceof ServiceSilent ? 503 : 0, body: "", error: (error as Error).message };
  }
}

/** What Envoy says where nobody behind it answers. A fault that a lesson injects is an answer: Envoy names it so. */
function isNobody({ status, body }: Pick<Answer, "status" | "body">): boolean {
  return [502, 503, 504].includes(status) && !body.includes("fault filter abort");
}
