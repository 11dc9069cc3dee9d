import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { catalog } from "../../../components/addons/catalog";
import { systemNamespace } from "../../../components/mesh/system-namespace";
import type { TraceCheck } from "../../../components/lessons/checks/check";
import { binomialInterval } from "../binomial";
import type { Seat } from "../../seat/seat";
import { answered } from "./curl";
import { listed, type Probe } from "./probe";

export interface TraceSeen {
  statuses: Record<number, number>;
  error?: string;
  /** The apps with a span, for each found trace. */
  traces: string[][];
  spans: number;
}

const PAUSE_MS = 500;
/** The chance that correct sampling gives a count outside the accepted range. */
const OUTSIDE = 1e-4;

/**
 * Each request brings its own trace id, but no sampling decision. The first proxy decides, by the mesh's sampling rate.
 * https://github.com/openzipkin/b3-propagation
 */
export const trace: Probe<TraceCheck, TraceSeen> = {
  patient: true,
  expected: ({ requests, apps, api, sampling }) =>
    `${sampling < 100 ? `about ${sampling} % of ` : ""}${requests} requests as traces in ${nameOf(api)}, with spans of ${listed(apps)}`,
  async look(spec, { seat }) {
    // Right after `up`, a proxy may not know yet that it should trace. The next requests show it.
    const first = await attempt(spec, seat);
    return trace.evaluate(spec, first).ok ? first : attempt(spec, seat);
  },
  evaluate({ requests, sampling, apps, api, path }, { statuses, error, traces, spans }) {
    const [low, high] = binomialInterval(requests, sampling / 100, OUTSIDE);
    const lacking = apps.filter((app) => !traces.some((services) => services.includes(app)));
    const whole = traces.some((services) => apps.every((app) => services.includes(app)));
    const failed = Object.entries(statuses).filter(([status]) => status !== "200");
    const answers =
      failed.length > 0
        ? `${path} was answered ${failed.map(([status, count]) => `${count} × ${answered({ status: Number(status), error })}`).join(", ")}; `
        : "";
    const count = `${traces.length} of ${requests} requests are traces in ${nameOf(api)}`;
    const evidence = failed.length > 0 ? { evidence: { statuses } } : {};
    if (traces.length < low || traces.length > high) return { ok: false, seen: `${answers}${count}`, ...evidence };
    if (!whole)
      return {
        ok: false,
        seen: `${answers}${count}, ${lacking.length > 0 ? `without any span of ${listed(lacking)}` : `none with spans of all of ${listed(apps)}`}`,
        ...evidence,
      };
    return {
      ok: failed.length === 0,
      seen: `${answers}${count}, with spans of ${listed(apps)} (${spans} in the longest)`,
      ...evidence,
    };
  },
  async placeholder({ api }, { seat }) {
    const { port, service } = catalog[api];
    const { status } = await seat.fromService(systemNamespace, service, port, "/health");
    return { ok: status === 200, seen: `${service}:${port}/health: ${status}` };
  },
};

async function attempt(
  { api, path, requests, sampling, apps, withinSeconds }: TraceCheck,
  seat: Seat,
): Promise<TraceSeen> {
  const ids = Array.from({ length: requests }, () => randomBytes(16).toString("hex"));
  const answers = await Promise.all(
    ids.map((id) => seat.http(path, { headers: { "x-b3-traceid": id, "x-b3-spanid": id.slice(16) } })),
  );
  const statuses: Record<number, number> = {};
  for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1;
  const error = answers.find((answer) => answer.error !== undefined)?.error;
  const found = new Map<string, string[]>();
  const [low] = binomialInterval(requests, sampling / 100, OUTSIDE);
  const end = Date.now() + withinSeconds * 1000;
  for (;;) {
    // A trace grows: each proxy sends its spans at the latest every five seconds.
    const open = ids.filter((id) => !apps.every((app) => found.get(id)?.includes(app)));
    const traces = await Promise.all(open.map((id) => servicesOf(seat, api, id)));
    open.forEach((id, index) => traces[index]!.length > 0 && found.set(id, traces[index]!));
    const whole = [...found.values()].some((services) => apps.every((app) => services.includes(app)));
    if ((whole && found.size >= Math.max(1, low)) || Date.now() > end) break;
    await sleep(PAUSE_MS);
  }
  const all = [...found.values()];
  return {
    statuses,
    ...(error !== undefined && { error }),
    traces: all.map((services) => [...new Set(services)]),
    spans: Math.max(0, ...all.map(({ length }) => length)),
  };
}

/** The app of every span of a trace; none where the backend does not know it. Proxies report as `APP.NAMESPACE`. */
async function servicesOf(seat: Seat, api: TraceCheck["api"], id: string): Promise<string[]> {
  const { service, port, path } = catalog[api];
  const { status, body } = await seat.fromService(
    systemNamespace,
    service,
    port,
    api === "jaeger" ? `${path}/api/traces/${id}` : `${path}/api/v2/trace/${id}`,
  );
  if (status === 404) return [];
  if (status !== 200) throw new Error(`${nameOf(api)} answered ${status}`);
  return (api === "jaeger" ? jaegerServices(body) : zipkinServices(body)).map((name) => name.split(".")[0]!);
}

/**
 * https://www.jaegertracing.io/docs/latest/architecture/apis/#internal-http-json: each span names a process, which has
 * the service's name.
 */
export function jaegerServices(body: string): string[] {
  const { data } = JSON.parse(body) as {
    data?: { spans: { processID: string }[]; processes: Record<string, { serviceName: string }> }[] | null;
  };
  return (data ?? []).flatMap(({ spans, processes }) =>
    spans.map(({ processID }) => processes[processID]?.serviceName ?? "?"),
  );
}

/** https://zipkin.io/zipkin-api/ */
export function zipkinServices(body: string): string[] {
  return (JSON.parse(body) as { localEndpoint?: { serviceName?: string } }[]).map(
    ({ localEndpoint }) => localEndpoint?.serviceName ?? "?",
  );
}

function nameOf(api: TraceCheck["api"]): string {
  return api === "jaeger" ? "Jaeger" : "Zipkin";
}
