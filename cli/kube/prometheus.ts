import { KUBECTL } from "../../base/advice";
import { catalog } from "../../components/addons/catalog";
import { systemNamespace } from "../../components/mesh/system-namespace";
import { ServiceSilent, type Seat } from "../seat/seat";

/** One series of an answer, which is an element of Prometheus' instant vector. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Prometheus gave no answer: it is not installed on this seat, or not ready. The message says which, and what to do.
 */
export class PrometheusSilent extends Error {
  override name = "PrometheusSilent";

  constructor(
    readonly reason: "not installed" | "not ready",
    message: string,
  ) {
    super(message);
  }
}

/**
 * Sends a PromQL query to the seat's Prometheus, as of now. The request goes through the API server, so Prometheus
 * needs no open port.
 * @throws {PrometheusSilent} where Prometheus does not answer; {Error} where it rejects the query
 */
export async function queryPrometheus(seat: Pick<Seat, "fromService">, query: string): Promise<Sample[]> {
  const { service, port } = catalog.prometheus;
  const path = `/api/v1/query?query=${encodeURIComponent(query)}`;
  const answer = await seat.fromService(systemNamespace, service, port, path).catch((error: unknown) => {
    throw error instanceof ServiceSilent ? silent(error) : error;
  });
  const { status, data, error } = parsed(answer.body);
  if (status === "success" && data) return samples(data);
  // Prometheus answers 503 in plain text while it still reads its storage.
  if (answer.status === 503)
    throw new PrometheusSilent("not ready", `Prometheus is not ready: ${answer.body.trim() || "it answers 503"}.`);
  throw new Error(`Prometheus refused the query ${query}: ${error ?? `it answered ${answer.status}`}`);
}

/** `check` adds its stack to these commands, as it does in its hints. */
function silent({ reason, message }: ServiceSilent): PrometheusSilent {
  const add = "Add prometheus to istio-lab:addons and run `npm run up`.";
  if (reason === "missing")
    return new PrometheusSilent("not installed", `Prometheus is not installed on this seat. ${add}`);
  return new PrometheusSilent(
    "not ready",
    `Prometheus is not ready: ${message}. Look at it with \`${KUBECTL} get pods -n ${systemNamespace}\`.`,
  );
}

/** https://prometheus.io/docs/prometheus/latest/querying/api/ */
interface QueryAnswer {
  status?: "success" | "error";
  error?: string;
  data?:
    | { resultType: "vector"; result: { metric: Record<string, string>; value: [number, string] }[] }
    | { resultType: "scalar"; result: [number, string] }
    | { resultType: "matrix" | "string" };
}

function parsed(body: string): QueryAnswer {
  try {
    return JSON.parse(body) as QueryAnswer;
  } catch {
    return {};
  }
}

function samples(data: NonNullable<QueryAnswer["data"]>): Sample[] {
  if (data.resultType === "scalar") return [{ labels: {}, value: number(data.result[1]) }];
  if (data.resultType !== "vector")
    throw new Error(`a query for a ${data.resultType} has no single value for each series`);
  return data.result.map(({ metric, value }) => ({ labels: metric, value: number(value[1]) }));
}

/** Prometheus writes `+Inf`, which JavaScript does not read. */
function number(text: string): number {
  return Number(text.replace("Inf", "Infinity"));
}
