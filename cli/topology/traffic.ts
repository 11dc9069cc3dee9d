import { lessonNames, lessonOf, lessonsAmong } from "../../components/lessons/catalog";
import { ingressNamespace } from "../../components/mesh/gateway";
import { PrometheusSilent, queryPrometheus, type Sample } from "../kube/prometheus";
import type { Seat } from "../seat/seat";
import { groupBy } from "../../base/values";
import type { Call, Caller, NamespaceView, Traffic, VersionRate } from "./model";
import type { Names } from "./names";

/**
 * How many seconds the rates cover. The lessons' callers send every 10 s, and traffic that ended a minute ago is not
 * drawn.
 */
const window = 60;

interface Measured {
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

/**
 * Returns all calls of the picture: the measured ones, then known ones that were not measured. Each call is drawn
 * once; a measured call hides its unmeasured duplicates.
 */
export function callsOf(
  namespaces: readonly NamespaceView[],
  hasGateway: boolean,
  measured: readonly Call[],
  lessons: readonly string[] = lessonNames,
): Call[] {
  const known = (namespace: string, service: string, version?: string) =>
    namespaces.some(
      (view) =>
        view.name === namespace &&
        view.services.some(
          ({ name, versions }) =>
            name === service && (version === undefined || versions.some((one) => one.name === version)),
        ),
    );
  const drawable = measured.filter(
    ({ from, to }) =>
      known(to.namespace, to.service) && (from === "gateway" ? hasGateway : known(from.namespace, from.service)),
  );
  const unseen = [...(hasGateway ? routed(namespaces) : []), ...byTheLessons(known, lessons)].filter(
    (call) => !drawable.some((seen) => sees(seen, call)),
  );
  return [...drawable, ...unseen];
}

function routed(namespaces: readonly NamespaceView[]): Call[] {
  return namespaces.flatMap(({ name: namespace, services }) =>
    services
      .filter(({ entries }) => entries.length > 0)
      .map(({ name }): Call => ({ from: "gateway", to: { namespace, service: name }, kind: "routed" })),
  );
}

/**
 * Returns the calls that the lessons' apps make in their own code, for seats without measurements. A trainee's own
 * app appears only after it has made a call.
 */
function byTheLessons(
  known: (namespace: string, service: string, version?: string) => boolean,
  lessons: readonly string[],
): Call[] {
  return lessonsAmong(lessons)
    .map(lessonOf)
    .flatMap(({ namespace, calls = [] }) =>
      calls
        .filter(({ from, version, to }) => known(namespace, from, version) && known(namespace, to))
        .map(({ from, version, to }): Call => ({
          from: { namespace, service: from, ...(version !== undefined && { version }) },
          to: { namespace, service: to },
          kind: "written",
        })),
    );
}

function sees(seen: Call, call: Call): boolean {
  return (
    seen.to.service === call.to.service && seen.to.namespace === call.to.namespace && sameCaller(seen.from, call.from)
  );
}

function sameCaller(seen: Caller, of: Caller): boolean {
  if (seen === "gateway" || of === "gateway") return seen === of;
  return (
    seen.service === of.service &&
    seen.namespace === of.namespace &&
    (of.version === undefined || seen.version === undefined || seen.version === of.version)
  );
}
