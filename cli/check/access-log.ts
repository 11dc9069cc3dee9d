import { ingressNamespace } from "../../components/mesh/gateway";
import type { CheckSpec } from "../../components/lessons/checks/check";
import type { LogLine } from "./result";
import { type Seat, USER_AGENT } from "../seat/seat";

/** Log lines kept per proxy: enough to see a pattern. */
const KEPT = 10;

/** Parses a line of Envoy's JSON access log; undefined for any other line. */
export function parseLogLine(pod: string, line: string): LogLine | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const fields = JSON.parse(line) as Record<string, unknown>;
    return "response_code" in fields ? { ...fields, pod } : undefined;
  } catch {
    return undefined;
  }
}

/** Reads from the gateway and the proxies of a failed check's services which requests failed in the last `seconds`. */
export async function failedRequests(seat: Seat, { about }: CheckSpec, seconds: number): Promise<LogLine[]> {
  const pods = (namespace: string) => seat.list(`/api/v1/namespaces/${namespace}/pods`);
  const chosen = (await Promise.all([about.namespace, ...(about.beyond ?? []), ingressNamespace].map(pods)))
    .flat()
    .filter(
      ({ metadata }) => metadata.namespace === ingressNamespace || about.services.includes(metadata.labels?.app ?? ""),
    );
  const options = { sinceSeconds: Math.ceil(seconds) + 2, tailLines: 300 };
  const logs = await Promise.all(
    chosen.map(({ metadata }) =>
      seat.logs(metadata.namespace ?? "", { name: metadata.name }, "istio-proxy", options).catch(() => []),
    ),
  );
  return logs.flatMap((lines) =>
    lines
      .flatMap(({ pod, line }) => parseLogLine(pod, line) ?? [])
      .filter(isFailed)
      .slice(-KEPT),
  );
}

/**
 * Whether the request was refused, unanswered, or answered with an error. At the gateway, only the checks' own requests
 * count.
 */
function isFailed(line: LogLine): boolean {
  const wrong =
    (line.response_code ?? 0) === 0 ||
    (line.response_code ?? 0) >= 400 ||
    !["-", "", undefined].includes(line.response_flags);
  return wrong && (line.pod.includes("gateway") ? line.user_agent === USER_AGENT : true);
}
