import { ingressNamespace } from "../../../components/mesh/gateway";
import type { Evidence, Failure, Hint } from "../result";
import { kubectl } from "./commands";

/** Envoy's response flags that a trainee meets. https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#response-flags */
const flags: Record<string, string> = {
  UH: "the service had no healthy endpoint",
  UF: "the connection to the app or its proxy could not be made",
  UC: "the other side ended the connection",
  UT: "the answer took longer than the route's timeout",
  URX: "all retries were used up",
  NR: "no route fitted the request",
  NC: "the route names a service the proxy does not know",
  DI: "a fault was injected: a delay",
  FI: "a fault was injected: an error",
  UAEX: "an external authorizer refused",
  DC: "the caller ended the connection",
};

/** The hint where neither the objects nor the state show a cause: what the proxies said, and where to look on. */
export function unknownCause({ check, evidence }: Pick<Failure, "check" | "evidence">, mend: string): Hint {
  const refused = connectionError(evidence);
  if (refused !== undefined) {
    return {
      cause: `No connection came about (${refused}): the request reached no proxy, so that no route is to blame. Nobody listens there: its Service has no pod behind it, or kube-proxy does not serve the node port.`,
      look: check.kind === "node-port" ? check.lookAt : kubectl("get service,endpointslices,pods", `-n ${ingressNamespace}`),
      fix: mend,
    };
  }
  const said = flagOf(evidence);
  return {
    cause: `No cause was found: every object of namespace ${check.about.namespace} is as Pulumi made it, and nothing else is there.${said ? ` Envoy's flag ${said}.` : ""}`,
    look: check.lookAt,
    fix: mend,
  };
}

/** The hint where the seat, or its state, could not be read for a cause. */
export function unlookedCause({ check }: Pick<Failure, "check">, why: string, mend: string): Hint {
  return { cause: `Nobody has looked for the cause, because the seat or its state could not be read: ${why}`, look: check.lookAt, fix: mend };
}

/** The error of a connection that never came about, as Node's client at the gateway tells it. Curl's own words are not read: in a pod they may be its proxy's. */
function connectionError({ statuses, errors = [] }: Evidence = {}): string | undefined {
  if (statuses === undefined) return undefined;
  const isSilent = Object.entries(statuses).every(([status, count]) => status === "0" || count === 0);
  return isSilent ? errors.find((error) => /^connect E(CONNREFUSED|HOSTUNREACH|NETUNREACH|TIMEDOUT)/.test(error)) : undefined;
}

function flagOf(evidence: Evidence | undefined): string | undefined {
  // A line of the log belongs to the failure only where a request was answered wrongly.
  if (evidence?.statuses === undefined) return undefined;
  const seen = (evidence.log ?? []).flatMap((line) => (line.response_flags ?? "").split(",")).find((flag) => Object.hasOwn(flags, flag));
  return seen && `${seen} says that ${flags[seen]}`;
}
