import { ingressNamespace } from "../../components/mesh/gateway";
import type { Seat } from "../seat/seat";
import { PrometheusSilent, queryPrometheus, type Sample } from "../kube/prometheus";
import { groupBy } from "./group";
import type { Call, Caller, Traffic, VersionRate } from "./model";
import type { Names } from "./names";

/**
 * How many seconds the rates cover. The lessons' callers send every 10 s, and traffic that ended a minute ago is not
 * drawn.
 */
export const window = 60;

export interface Measured {
  calls: Call[];
  traffic: Traffic;
}

/** One series of the answer. */
interface Counted {
  from: Caller;
  to: { namespace: string; service: string; version?: string };
  /** 2, 4, 5 …; 0 for requests without an answer. */
  statusClass: number;
  rate: number;
}

/** Returns what Prometheus counted within the window, or why there is nothing. */
export async function measure(seat: Pick<Seat, "fromService">, names: Names): Promise<Measured> {
  try {
    return measured(counted(await queryPrometheus(seat, query), names));
  } catch (error) {
    if (!(error instanceof PrometheusSilent)) throw error;
    return { calls: [], traffic: { source: "none", reason: `Prometheus is ${error.reason}` } };
  }
}

/** Uses the counts of the callers' proxies, because they also know the requests that reached no service. */
export const query = `sum by (source_workload_namespace, source_app, source_version, destination_service_namespace, destination_service_name, destination_version, response_code) (rate(istio_requests_total{reporter="source"}[${window}s]))`;

function counted(samples: readonly Sample[], names: Names): Counted[] {
  return samples.flatMap(({ labels, value }) => {
    const series = value > 0 ? read(labels, names) : undefined;
    return series ? [{ ...series, rate: value }] : [];
  });
}

function read(labels: Sample["labels"], names: Names): Omit<Counted, "rate"> | undefined {
  const {
    source_workload_namespace: namespace,
    source_app: app,
    source_version: version,
    destination_service_namespace: of,
    destination_service_name: service,
  } = labels;
  // Requests to hosts outside the cluster, or to nowhere, are not drawn.
  if (!namespace || !app || !of || !service || service === "unknown") return undefined;
  const to = names.service(of, service);
  const answered = labels.destination_version;
  return {
    from: caller(namespace, app, version, names),
    to: { ...to, ...(to.version === undefined && answered && answered !== "unknown" && { version: answered }) },
    statusClass: Math.floor(Number(labels.response_code) / 100),
  };
}

function caller(namespace: string, app: string, version: string | undefined, names: Names): Caller {
  if (namespace === ingressNamespace) return "gateway";
  return { namespace, service: names.caller(namespace, app), ...(version && version !== "unknown" && { version }) };
}

function measured(all: readonly Counted[]): Measured {
  const sum = (some: readonly Counted[], of: (status: number) => boolean = () => true) =>
    some.reduce((total, { statusClass, rate }) => total + (of(statusClass) ? rate : 0), 0);
  const calls = [...groupBy(all, ({ from, to }) => JSON.stringify([from, to.namespace, to.service])).values()].map(
    (some): Call => {
      const { from, to } = some[0]!;
      const [clientErrors, serverErrors] = [
        sum(some, (status) => status === 4),
        sum(some, (status) => status === 5 || status === 0),
      ];
      return {
        from,
        to: { namespace: to.namespace, service: to.service },
        kind: "measured",
        rate: sum(some),
        ...(clientErrors > 0 && { clientErrors }),
        ...(serverErrors > 0 && { serverErrors }),
      };
    },
  );
  const answered = all.filter(({ to }) => to.version !== undefined);
  const versions = [...groupBy(answered, ({ to }) => JSON.stringify(to)).values()].map((some): VersionRate => ({
    ...(some[0]!.to as Required<Counted["to"]>),
    rate: sum(some),
  }));
  return {
    calls,
    traffic: { source: "prometheus", window, ...(all.length > 0 && { metric: "istio_requests_total" }), versions },
  };
}
