import type { CheckSpec } from "../../../components/lessons/checks/check";
import type { KubeObject } from "../../../kube";
import { mapsAt, textAt, textsAt } from "../../seat/json";
import type { Failure } from "../result";
import { nameOf, namespaceOf } from "./objects";
import type { Relation } from "./snapshot";

/** How a cause relates to a failed check, by what was seen of it: statuses, errors, and the proxies' logs. */
export type Relating = (failure: Failure) => Relation;

/** A request of a check, as far as the check's data says. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly host?: string;
}

/** The requests that a check sends. None for checks that only read objects. */
export function requestsOf(check: CheckSpec): readonly Asked[] {
  switch (check.kind) {
    case "answer":
      return check.cases.map(({ path, host }) => asked(path, host));
    case "access":
      return check.cases.map(({ url, method }) => ({ ...ofUrl(url), method }));
    case "plaintext":
      return check.urls.map(ofUrl);
    case "peer":
      return [ofUrl(check.url)];
    case "fault":
      return [check.url === undefined ? asked(check.path) : ofUrl(check.url)];
    case "split":
    case "metrics":
    case "https":
      return [asked(check.path, check.host)];
    case "user":
    case "grpc":
    case "trace":
    case "collected-log":
      return [asked(check.path)];
    // The client's own requests, which the check finds in its log.
    case "log":
      return [asked("/")];
    default:
      return [];
  }
}

function asked(path: string, host?: string): Asked {
  return { method: "GET", path: path.split("?")[0]!, ...(host !== undefined && { host }) };
}

function ofUrl(url: string): Asked {
  const { pathname, hostname } = new URL(url);
  return { method: "GET", path: pathname, host: hostname };
}

/** All that was seen of a failure, as texts. */
function textsOf({ seen, evidence }: Failure): string {
  const { errors = [], bodies = [], log = [] } = evidence;
  const said = log.flatMap((line) => [line.response_code_details, line.upstream_transport_failure_reason]);
  return [seen, ...errors, ...bodies, ...said].join("\n");
}

function flagsOf({ evidence }: Failure): readonly string[] {
  return (evidence.log ?? []).flatMap(({ response_flags }) => (response_flags ?? "").split(","));
}

/** Whether every request was answered well, so that only the content of the answers was wrong. */
function isServed({ evidence: { statuses = {} } }: Failure): boolean {
  const seen = Object.entries(statuses).filter(([, count]) => count > 0);
  return seen.length > 0 && seen.every(([status]) => /^2\d\d$/.test(status));
}

/** What breaks connections is not the cause where every request was answered well. */
export const ofConnections: Relating = (failure) => (isServed(failure) ? "impossible" : "possible");

const UNRESOLVED = /could not resolve|EAI_AGAIN|ENOTFOUND|no such host|name resolution|name or service not known/i;

/** Names that do not resolve show in the callers' errors. */
export const ofNames: Relating = (failure) => (UNRESOLVED.test(textsOf(failure)) ? "proven" : ofConnections(failure));

/** For what is right on some clusters: it is a cause only where names were seen not to resolve. */
export const ofNamesAlone: Relating = (failure) => (UNRESOLVED.test(textsOf(failure)) ? "proven" : "impossible");

const TLS = /CERTIFICATE_VERIFY_FAILED|TLS_error|unknown ca\b|certificate/i;

/** Proxies that refuse each other's certificates say so in their logs. */
export const ofCertificates: Relating = (failure) => (TLS.test(textsOf(failure)) ? "proven" : ofConnections(failure));

/** Other shares show where every request was answered well, by versions of other shares. */
export const ofShares: Relating = (failure) =>
  isServed(failure) && failure.evidence.versions !== undefined ? "proven" : "possible";

/** A proxy notes the faults that it makes. */
export const ofFaults: Relating = (failure) => {
  const flags = flagsOf(failure);
  if (flags.includes("FI") || flags.includes("DI")) return "proven";
  return flags.some((flag) => !["", "-", "DC"].includes(flag)) ? "unlikely" : "possible";
};

/**
 * The policies that have refused requests, by the proxies' logs. `none`: no policy that allows has fitted.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/rbac_filter
 */
function deniedBy({ evidence }: Failure): readonly string[] {
  return (evidence.log ?? []).flatMap(({ response_code_details: said = "" }) => {
    const matched = /rbac_access_denied_matched_policy\[(.*)\]/.exec(said)?.[1];
    if (matched === undefined) return [];
    const [, namespace, name] = /ns\[([^\]]+)\]-policy\[([^\]]+)\]/.exec(matched) ?? [];
    return [name === undefined ? "none" : `${namespace}/${name}`];
  });
}

/** A policy of the seat that was changed has refused, where a proxy names it, or where none that allows has fitted. */
export function ofChangedPolicy(policy: KubeObject): Relating {
  const name = `${namespaceOf(policy) ?? ""}/${nameOf(policy)}`;
  const allows = (textAt(policy, "spec", "action") ?? "ALLOW") === "ALLOW";
  return (failure) => {
    const denied = deniedBy(failure);
    return denied.includes(name) || (allows && denied.includes("none")) ? "proven" : "possible";
  };
}

/** Compares a policy's own rules with the requests of the check, and with what the proxies have refused. */
export function ofPolicy(policy: KubeObject): Relating {
  const action = textAt(policy, "spec", "action") ?? "ALLOW";
  const rules = mapsAt(policy, "spec", "rules");
  return (failure) => {
    const requests = requestsOf(failure.check);
    if (requests.length === 0 || action === "AUDIT") return "impossible";
    if (action === "CUSTOM") return "possible";
    const denied = deniedBy(failure);
    if (denied.includes(`${namespaceOf(policy) ?? ""}/${nameOf(policy)}`)) return "proven";
    const isRefused =
      denied.length > 0 ||
      (failure.evidence.statuses?.[403] ?? 0) > 0 ||
      /RBAC: access denied|\b403\b/.test(textsOf(failure));
    const isMeant = requests.some((request) => isRefusedBy(rules, action, request));
    if (!isRefused) return isMeant ? "unlikely" : "impossible";
    // The proxies have named what refused, and it was another policy.
    if (action === "DENY" && denied.length > 0) return "unlikely";
    return isMeant ? "possible" : "unlikely";
  };
}

/** Whether the rules may refuse the request. Who asks, and under which conditions, is not known here. */
function isRefusedBy(rules: readonly unknown[], action: string, request: Asked): boolean {
  if (action === "DENY") return rules.some((rule) => fits(rule, request));
  return !rules.some((rule) => fits(rule, request) && mapsAt(rule, "from").length + mapsAt(rule, "when").length === 0);
}

/** https://istio.io/latest/docs/reference/config/security/authorization-policy/#Operation */
function fits(rule: unknown, request: Asked): boolean {
  const operations = mapsAt(rule, "to");
  return (
    operations.length === 0 ||
    operations.some(({ operation }) => {
      const allows = (field: string, value: string | undefined) => {
        const wanted = textsAt(operation, field);
        return wanted.length === 0 || value === undefined || wanted.some((one) => isLike(one, value));
      };
      const excludes = (field: string, value: string | undefined) =>
        value !== undefined && textsAt(operation, field).some((one) => isLike(one, value));
      return (
        allows("paths", request.path) &&
        allows("methods", request.method) &&
        allows("hosts", request.host) &&
        !excludes("notPaths", request.path) &&
        !excludes("notMethods", request.method) &&
        !excludes("notHosts", request.host)
      );
    })
  );
}

/** A value, its beginning or its end, or a template of a path. */
function isLike(pattern: string, value: string): boolean {
  if (/\{\*+\}/.test(pattern)) {
    const parts = pattern.split(/(\{\*\*?\})/).map((part) => {
      if (part === "{**}") return ".*";
      return part === "{*}" ? "[^/]+" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    });
    return new RegExp(`^${parts.join("")}$`).test(value);
  }
  if (pattern.startsWith("*")) return value.endsWith(pattern.slice(1));
  return pattern.endsWith("*") ? value.startsWith(pattern.slice(0, -1)) : value === pattern;
}

/** A wrong token is refused with 401. The checks send none. */
export const ofTokens: Relating = (failure) =>
  (failure.evidence.statuses?.[401] ?? 0) > 0 || /Jwt|\b401\b/.test(textsOf(failure)) ? "possible" : "impossible";
