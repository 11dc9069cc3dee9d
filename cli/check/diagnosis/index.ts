import { onStack } from "../../../base/advice";
import { gatewayName, ingressNamespace } from "../../../components/mesh/gateway";
import { unreadIn } from "../../inventory";
import type { ProgramChanges } from "../../preview/program";
import type { Beside, CheckResult, Evidence, Failure, Hint } from "../result";
import { analysisHint, bareAnalysisHint, saidOf } from "./analysis";
import { kubectl } from "./objects";
import { programBeside, programHint } from "./program";
import { othersRules, rules, suspicions } from "./rules";
import {
  type RuleFinding,
  type SnapshotKind,
  type Place,
  type Rule,
  type Snapshot,
  type SnapshotSource,
  takeSnapshot,
  type FailedCheck,
} from "./snapshot";

export interface ExplainOptions {
  readonly sourceOf: () => Promise<Omit<SnapshotSource, "repairCommand">>;
  readonly repairCommand: string;
  /** Asks what the program would change. It takes seconds. @default never asked */
  readonly programOf?: () => Promise<ProgramChanges>;
}

/**
 * Gives each failed check its hint, from the live seat and the stack's state. Only reads, once, and only after a
 * failure. Where that shows no cause, the program is asked as well. Where the seat or state cannot be read, each hint
 * says why, and the check results stay.
 * @returns what else was found to be wrong
 */
export async function explain(
  results: readonly CheckResult[],
  { sourceOf, repairCommand, programOf }: ExplainOptions,
): Promise<readonly Beside[]> {
  const failed = results.filter(({ failure }) => failure !== undefined);
  const unmade = results.filter(({ status, failure, hint }) => status === "failed" && !failure && hint !== undefined);
  if (failed.length + unmade.length === 0) return [];
  let snapshot: Snapshot;
  try {
    snapshot = await takeSnapshot({ ...(await sourceOf()), repairCommand });
  } catch (error) {
    if (error instanceof TypeError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    for (const result of failed) result.hint = unlookedCause(result.failure!, why, repairCommand);
    return [];
  }
  const findings = findingsOf([...rules, ...suspicions], snapshot);
  const unexplained: CheckResult[] = [];
  const unknown = unknownCauses(
    failed.map(({ failure }) => failure!),
    snapshot,
  );
  for (const result of failed) {
    const hint = hintFor(result.failure!, findings, snapshot);
    result.hint = hint ?? unknown(result.failure!);
    if (hint === undefined) unexplained.push(result);
  }
  const common = meshCause(findings);
  for (const result of unmade) result.hint = common ?? result.hint;
  const others = besides(results, findings);
  if (unexplained.length === 0 || programOf === undefined) return others;
  const program = await programOf();
  for (const result of unexplained) result.hint = programHint(result, program);
  return [...others, ...programBeside(results, program)];
}

/** How many further causes are shown. More would hide the first ones. */
const BESIDES = 8;

/**
 * What was found and is no failed check's own cause: first what may be one as well, then what explains none of them.
 * A mere difference, and what follows from another cause, is left out.
 */
function besides(results: readonly CheckResult[], findings: readonly RuleFinding[]): readonly Beside[] {
  const told = new Set(results.flatMap(({ hint }) => (hint === undefined ? [] : [hint.look])));
  const isTold = ({ cause }: RuleFinding) => results.some(({ hint }) => hint?.cause.includes(cause));
  const all = findings
    .filter((finding) => !finding.generic && !finding.effect && !isTold(finding) && !told.has(finding.look))
    .filter(({ look, fix }, index, those) => those.findIndex((one) => one.look === look && one.fix === fix) === index)
    .map((finding) => ({
      ...hintOf(finding),
      mayExplain: results.flatMap(({ check, failure }) =>
        failure !== undefined && ranked(failure.check.about, [finding], failure).length > 0 ? [check] : [],
      ),
    }));
  return [...all].sort((a, b) => Number(b.mayExplain.length > 0) - Number(a.mayExplain.length > 0)).slice(0, BESIDES);
}

/** Says why the gateway has no ready pod, or that the cause is unknown. */
export async function gatewayCause(
  sourceOf: () => Promise<Omit<SnapshotSource, "repairCommand">>,
  repairCommand: string,
): Promise<Hint> {
  const look = kubectl("get deployments,pods", `-n ${ingressNamespace}`);
  try {
    const snapshot = await takeSnapshot({ ...(await sourceOf()), repairCommand });
    const target = { namespace: ingressNamespace, services: [gatewayName], aspects: ["gateway"] } as const;
    const found = choose(target, findingsOf(rules, snapshot));
    return found ? hintOf(found) : { cause: "No cause was found.", look, fix: repairCommand };
  } catch (error) {
    if (error instanceof TypeError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    return {
      cause: `The cause is unknown, because the seat or its state could not be read: ${why}`,
      look,
      fix: repairCommand,
    };
  }
}

/**
 * What the whole mesh or the cluster lacks, for a check that could not be made: its own pod needs what the lessons need.
 * Undefined where nothing was found.
 */
function meshCause(findings: readonly RuleFinding[]): Hint | undefined {
  const ofMesh = findings.filter(({ namespace, generic }) => !namespace && !generic);
  const found = ofMesh.find(({ first }) => first) ?? ofMesh[0];
  return found && hintOf(found);
}

/** A hint for each failed check, as a pure function of a snapshot. */
export function diagnose(failures: readonly Failure[], snapshot: Snapshot): Map<Failure, Hint> {
  const findings = findingsOf([...rules, ...suspicions], snapshot);
  const unknown = unknownCauses(failures, snapshot);
  return new Map(failures.map((failure) => [failure, hintFor(failure, findings, snapshot) ?? unknown(failure)]));
}

/** The cause of a failed check. Undefined where no rule found one. */
function hintFor(failure: Failure, findings: readonly RuleFinding[], snapshot: Snapshot): Hint | undefined {
  const { about } = failure.check;
  if (failure.evidence.analysis !== undefined) return analysisHint(failure, ranked(about, findings, failure), snapshot);
  const found = choose(about, findings, failure);
  if (found) return hintOf(found);
  const other = nearby(about, findings);
  if (other)
    return {
      ...hintOf(other),
      cause: `Nothing about ${about.services.join(", ") || "this check"} itself was found wrong. In its namespace: ${other.cause}`,
    };
  return undefined;
}

function hintOf({ cause, look, fix }: RuleFinding): Hint {
  return { cause, look, fix };
}

/**
 * Chooses the finding that explains a failed check best. What the failure itself proves comes first, then what breaks
 * the check's subject, and a known cause before a mere difference. Undefined where none fits.
 */
export function choose(
  target: FailedCheck,
  findings: readonly RuleFinding[],
  failure?: Failure,
): RuleFinding | undefined {
  return ranked(target, findings, failure)[0];
}

/** The findings that may explain a failed check, the best first. */
function ranked(target: FailedCheck, findings: readonly RuleFinding[], failure: Failure | undefined): RuleFinding[] {
  const related = findings
    .filter((finding) => placesOf(finding, target).some((place) => meets(place, target)))
    .map((finding) => ({
      finding,
      relation: failure === undefined ? "possible" : (finding.relation?.(failure) ?? "possible"),
    }))
    .filter(({ relation }) => relation !== "impossible")
    .map(({ finding, relation }) => ({
      finding,
      score: [
        relation === "proven" ? 1 : 0,
        explains(finding, target) ? 1 : 0,
        relation === "unlikely" ? 0 : 1,
        ...scoreOf(finding, target),
      ],
    }));
  return sorted(related);
}

/** A finding of the check's namespace about other services: worth a look where nothing else was found. */
export function nearby(target: FailedCheck, findings: readonly RuleFinding[]): RuleFinding | undefined {
  const here = findings.filter(
    (finding) =>
      (finding.namespace !== undefined || finding.places !== undefined) &&
      placesOf(finding, target).some(({ namespace }) => isNear(namespace, target)),
  );
  return sorted(here.map((finding) => ({ finding, score: scoreOf(finding, target) })))[0];
}

/** Where a finding has its effect. One of the whole mesh has it in the check's own namespace as well. */
function placesOf({ places, namespace, services }: RuleFinding, target: FailedCheck): readonly Place[] {
  return places ?? [{ namespace: namespace ?? target.namespace, services }];
}

function isNear(namespace: string, target: FailedCheck): boolean {
  return (
    namespace === target.namespace ||
    target.beyond?.includes(namespace) === true ||
    // The requests of such a check come in through the gateway.
    (namespace === ingressNamespace && target.aspects.includes("gateway"))
  );
}

function meets({ namespace, services }: Place, target: FailedCheck): boolean {
  return (
    isNear(namespace, target) &&
    (services.length === 0 ||
      namespace === ingressNamespace ||
      services.some((service) => target.services.includes(service)))
  );
}

function explains({ aspects }: RuleFinding, target: FailedCheck): boolean {
  return aspects.length === 0 || aspects.some((aspect) => target.aspects.includes(aspect));
}

function scoreOf(finding: RuleFinding, target: FailedCheck): number[] {
  const [surest] = finding.aspects;
  return [
    finding.first ? 1 : 0,
    finding.generic ? 0 : 1,
    finding.namespace === undefined ? 0 : 1,
    surest !== undefined && target.aspects.includes(surest) ? 1 : 0,
    placesOf(finding, target).some(({ services }) => services.some((service) => target.services.includes(service)))
      ? 1
      : 0,
  ];
}

/** The sort is stable, so of equal findings the first rule's wins. */
function sorted(
  scored: readonly { readonly finding: RuleFinding; readonly score: readonly number[] }[],
): RuleFinding[] {
  return [...scored]
    .sort((a, b) => b.score.map((value, index) => value - a.score[index]!).find((difference) => difference !== 0) ?? 0)
    .map(({ finding }) => finding);
}

/**
 * Envoy's response flags that a trainee meets.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#response-flags
 */
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

/** Returns the hints for failures whose cause no rule knows. What istioctl says is part of them. */
function unknownCauses(failures: readonly Failure[], snapshot: Snapshot): (failure: Failure) => Hint {
  const messages = failures.flatMap(({ evidence }) => evidence.analysis ?? []);
  return (failure) =>
    failure.evidence.analysis === undefined
      ? unknownCause(failure, snapshot, saidOf(failure.check, messages))
      : bareAnalysisHint(failure, snapshot);
}

/**
 * The hint where neither objects nor state show a cause: what the proxies logged, what istioctl says, and where to look
 * next.
 */
function unknownCause({ check, evidence }: Failure, snapshot: Snapshot, byIstioctl: string | undefined): Hint {
  const { repairCommand } = snapshot;
  const refused = connectionError(evidence);
  if (refused !== undefined) {
    return {
      cause: `The connection failed (${refused}): the request reached no proxy, so no route is to blame. Nobody listens there: its Service has no pod behind it, or kube-proxy does not serve the node port.`,
      look:
        check.kind === "node-port"
          ? check.lookAt
          : kubectl("get service,endpointslices,pods", `-n ${ingressNamespace}`),
      fix: repairCommand,
    };
  }
  const said = flagOf(evidence);
  return {
    cause: `No cause was found. ${lookedAt(snapshot, check.about.namespace)}${said ? ` Envoy's flag ${said}.` : ""}${byIstioctl ? ` ${byIstioctl}` : ""}`,
    look: check.lookAt,
    fix: repairCommand,
  };
}

/** What was looked at. What was not asked for is named, and never called right or absent. */
function lookedAt({ inventory, notAsked = [], unknownRoots = [] }: Snapshot, namespace: string): string {
  const unknown = inventory?.entries.filter((entry) => entry.unknown !== undefined).length ?? 0;
  const charts = inventory?.entries.filter(({ owner, live }) => owner.by === "chart" && live !== undefined).length ?? 0;
  const missed = [
    ...notAsked.map(({ kind, why }) => `${kind} (${why})`),
    ...(unknown > 0 ? [`${unknown} objects of the seat`] : []),
    ...unreadIn(inventory?.releases ?? []).map(({ what, why }) => `${what} (${why})`),
    ...(unknownRoots.length > 0 ? [`the root certificates of ${unknownRoots.length} proxies`] : []),
  ];
  return [
    `Looked at: the objects of namespace ${namespace} and of the mesh, ${charts > 0 ? `the ${charts} objects of the charts, ` : ""}routes of other namespaces, nodes and webhooks; no rule found a difference from what was made.`,
    ...(missed.length > 0 ? [`Not answered: ${missed.join(", ")}.`] : []),
  ].join(" ");
}

/** The hint where the seat or its state could not be read. */
function unlookedCause({ check }: Pick<Failure, "check">, why: string, repairCommand: string): Hint {
  return {
    cause: `The cause is unknown, because the seat or its state could not be read: ${why}`,
    look: check.lookAt,
    fix: repairCommand,
  };
}

/**
 * The error of a connection that failed, as Node's client reports it at the gateway. Curl's errors are not used: in a
 * pod they may come from its proxy.
 */
function connectionError({ statuses, errors = [] }: Evidence = {}): string | undefined {
  if (statuses === undefined) return undefined;
  const isSilent = Object.entries(statuses).every(([status, count]) => status === "0" || count === 0);
  return isSilent
    ? errors.find((error) => /^connect E(CONNREFUSED|HOSTUNREACH|NETUNREACH|TIMEDOUT)/.test(error))
    : undefined;
}

function flagOf(evidence: Evidence | undefined): string | undefined {
  // A log line belongs to the failure only where a request got a wrong answer.
  if (evidence?.statuses === undefined) return undefined;
  const seen = (evidence.log ?? [])
    .flatMap((line) => (line.response_flags ?? "").split(","))
    .find((flag) => Object.hasOwn(flags, flag));
  return seen && `${seen} says that ${flags[seen]}`;
}

/** The command that repairs a seat. It shows what it does before it does it. */
export function repairCommandOf(stack: string): string {
  return onStack(stack, "npm run repair -- --yes");
}

/** The command that stops and starts a seat's cluster. Undefined where the cluster has another way of its own. */
export function restartCommandOf(stack: string, resources: SnapshotSource["resources"]): string | undefined {
  return resources.some(({ type }) => type === "istio-lab:cluster:Embedded")
    ? `npm run embedded -- stop --seat ${stack} && npm run embedded -- start --seat ${stack}`
    : undefined;
}

/** Causes that a repair only names, because they are not the seat's own to change. */
export function notOurs(snapshot: Snapshot): RuleFinding[] {
  return findingsOf(othersRules, snapshot);
}

/** A rule has looked at a kind that could not be listed. */
class NotListed extends Error {}

/**
 * What these rules find. A rule that looks at a kind which could not be listed finds nothing: a list without an answer
 * is not an empty list.
 */
export function findingsOf(chosen: readonly Rule[], snapshot: Snapshot): RuleFinding[] {
  const unlisted = new Set<unknown>(snapshot.notAsked?.map(({ kind }) => kind));
  const guarded = (objects: Snapshot["live"]) =>
    new Proxy(objects, {
      get: (target, kind) => {
        if (unlisted.has(kind)) throw new NotListed();
        return target[kind as SnapshotKind];
      },
    });
  const { live, outside } = snapshot;
  const seen = { ...snapshot, live: guarded(live), ...(outside && { outside: guarded(outside) }) };
  return chosen.flatMap((rule) => {
    try {
      return rule(seen);
    } catch (error) {
      if (error instanceof NotListed) return [];
      throw error;
    }
  });
}
