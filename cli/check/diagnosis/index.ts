import { onStack } from "../../../base/advice";
import { ingressNamespace } from "../../../components/mesh/gateway";
import type { Evidence, Failure, Hint } from "../result";
import { kubectl } from "./commands";
import { rules } from "./rules";
import { type Finding, type Snapshot, type SnapshotSource, takeSnapshot, type Target } from "./snapshot";


/**
 * A hint for each failed check, from what is on the seat now and what the stack's state says of it. It reads only, and only where something failed.
 * What was measured is not lost where the seat, or the state, cannot be read: each hint then says why.
 */
export async function hints(failures: readonly Failure[], { sourceOf, mend }: { sourceOf: () => Promise<Omit<SnapshotSource, "mend">>; mend: string }): Promise<Map<Failure, Hint>> {
  if (failures.length === 0) return new Map();
  let snapshot: Snapshot;
  try {
    snapshot = await takeSnapshot({ ...(await sourceOf()), mend });
  } catch (error) {
    if (error instanceof TypeError) throw error;
    return new Map(failures.map((failure) => [failure, unlookedCause(failure, error instanceof Error ? error.message : String(error), mend)]));
  }
  return diagnose(failures, snapshot);
}

/** The same from a snapshot: pure. */
export function diagnose(failures: readonly Failure[], snapshot: Snapshot): Map<Failure, Hint> {
  const findings = rules.flatMap((rule) => rule(snapshot));
  return new Map(failures.map((failure) => [failure, hintFor(failure, findings, snapshot)]));
}

function hintFor(failure: Failure, findings: readonly Finding[], snapshot: Snapshot): Hint {
  const { about } = failure.check;
  const found = choose(about, findings);
  if (found) return hintOf(found);
  const other = nearby(about, findings);
  if (other) return { ...hintOf(other), cause: `Nothing about ${about.services.join(", ") || "this check"} itself was found wrong, but in its namespace: ${other.cause}` };
  return unknownCause(failure, snapshot.mend);
}

function hintOf({ cause, look, fix }: Finding): Hint {
  return { cause, look, fix };
}

/**
 * The finding that explains a failed check best: one about its own services before one about the whole namespace, one
 * that breaks what the check proves, a known cause before a mere difference. Undefined where none fits at all.
 */
export function choose(target: Target, findings: readonly Finding[]): Finding | undefined {
  const here = findings.filter(({ namespace }) => namespace === undefined || namespace === target.namespace || target.beyond?.includes(namespace));
  const fitting = here.filter((finding) => meets(finding, target));
  const among = fitting.some((finding) => explains(finding, target)) ? fitting.filter((finding) => explains(finding, target)) : fitting;
  return best(among, target);
}

/** A finding of the check's namespace that is not about its services: worth a look where nothing else was found. */
export function nearby(target: Target, findings: readonly Finding[]): Finding | undefined {
  return best(findings.filter(({ namespace }) => namespace !== undefined && (namespace === target.namespace || target.beyond?.includes(namespace))), target);
}

function meets({ services }: Finding, target: Target): boolean {
  return services.length === 0 || services.some((service) => target.services.includes(service));
}

function explains({ aspects }: Finding, target: Target): boolean {
  return aspects.length === 0 || aspects.some((aspect) => target.aspects.includes(aspect));
}

function best(findings: readonly Finding[], target: Target): Finding | undefined {
  const score = (finding: Finding) => {
    const [surest] = finding.aspects;
    return [
      finding.generic ? 0 : 1,
      finding.namespace === undefined ? 0 : 1,
      surest !== undefined && target.aspects.includes(surest) ? 1 : 0,
      finding.services.filter((service) => target.services.includes(service)).length > 0 ? 1 : 0,
    ];
  };
  const ranked = findings.map((finding) => ({ finding, score: score(finding) }));
  // Stable: of equals the first rule's.
  return ranked.sort((a, b) => b.score.map((value, index) => value - a.score[index]!).find((difference) => difference !== 0) ?? 0)[0]?.finding;
}

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
function unknownCause({ check, evidence }: Pick<Failure, "check" | "evidence">, mend: string): Hint {
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
function unlookedCause({ check }: Pick<Failure, "check">, why: string, mend: string): Hint {
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

/** Reads the seat into the state, which then knows what somebody changed by hand, and makes the program's objects again. */
export function mendOf(stack: string): string {
  return onStack(stack, "npm run -s pulumi -- refresh --yes --skip-preview && npm run up");
}
