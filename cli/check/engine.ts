import { setTimeout as sleep } from "node:timers/promises";
import { KUBECTL } from "../../base/advice";
import type { CheckKind, CheckSpec } from "../../components/lessons/checks/check";
import { systemNamespace } from "../../components/mesh/system-namespace";
import { UserError } from "../../base/errors";
import { ApiSilent } from "../seat/api";
import { failedRequests } from "./access-log";
import { PROBE_NAMESPACE, ProbePodMissing } from "./probe-pods";
import type { Held } from "./placeholders";
import { type Context, type Probe, SETTLE_MS, type Verdict } from "./probes/probe";
import type { CheckResult, Failure, Hint } from "./result";

const PAUSE_MS = 500;
/** How many light checks run at the same time. */
const SIDE_BY_SIDE = 8;

export interface EngineOptions {
  readonly probeOf: (kind: CheckKind["kind"]) => Probe<CheckKind, unknown>;
  readonly context: Context;
  readonly standInOf: (spec: CheckSpec) => string | undefined;
  /** Asked before each attempt, and again while its answer is unknown. @default nothing is a placeholder */
  readonly heldOf?: (spec: CheckSpec) => Promise<Held>;
  readonly signal: AbortSignal;
  /** Called when each check starts and ends. */
  readonly seen?: (spec: CheckSpec, result?: CheckResult) => void;
  /** @default SETTLE_MS */
  readonly settleMilliseconds?: number;
  /** Between two attempts. @default PAUSE_MS */
  readonly pauseMilliseconds?: number;
}

/**
 * Runs the checks: those with much traffic one after the other, and patient ones from the start. Returns the results in
 * the order of the checks.
 */
export async function runAll(specs: readonly CheckSpec[], options: EngineOptions): Promise<CheckResult[]> {
  const results = new Map<CheckSpec, CheckResult>();
  const run = async (queue: CheckSpec[]) => {
    for (let spec = queue.shift(); spec !== undefined; spec = queue.shift()) {
      options.signal.throwIfAborted();
      options.seen?.(spec);
      const result = withAdvice(spec, await runOne(spec, options));
      results.set(spec, result);
      options.seen?.(spec, result);
    }
  };
  const paceOf = (spec: CheckSpec) => {
    const { heavy, patient } = options.probeOf(spec.kind);
    return spec.notApplicable !== undefined ? "light" : heavy ? "heavy" : patient ? "patient" : "light";
  };
  const [heavy, patient, light] = (["heavy", "patient", "light"] as const).map((pace) =>
    specs.filter((spec) => paceOf(spec) === pace),
  ) as [CheckSpec[], CheckSpec[], CheckSpec[]];
  await Promise.race([
    Promise.all([
      run(heavy),
      ...patient.map((spec) => run([spec])),
      ...Array.from({ length: SIDE_BY_SIDE }, () => run(light)),
    ]),
    interrupted(options.signal),
  ]);
  return specs.map((spec) => results.get(spec)!);
}

/** Rejects only when the signal aborts: a running attempt is not waited for. */
function interrupted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Adds the first step of the author's hints to a failure. The further ones tell more than a trainee asked for. */
function withAdvice({ hints: [advice] = [] }: CheckSpec, result: CheckResult): CheckResult {
  return result.status === "failed" && advice !== undefined ? { ...result, advice } : result;
}

/** A verdict, with a hint where the cause is known at once, and the API server's silence, if any. */
type Look = Verdict & { readonly hint?: Hint; readonly unseen?: true; readonly silence?: ApiSilent };

/** Repeats a failing check for a while; the last attempt counts. */
async function runOne(spec: CheckSpec, options: EngineOptions): Promise<CheckResult> {
  const probe = options.probeOf(spec.kind);
  const started = Date.now();
  const standIn = options.standInOf(spec);
  const row = { lesson: spec.lesson, check: spec.name, title: spec.title, ...(standIn !== undefined && { standIn }) };
  const seconds = () => Math.round((Date.now() - started) / 100) / 10;
  if (spec.notApplicable !== undefined)
    return { ...row, status: "not applicable", seen: spec.notApplicable, expected: "", seconds: 0 };
  const expected = probe.expected(spec);
  const ask = async (): Promise<Held> => (await options.heldOf?.(spec)) ?? {};
  let held: Held = {};
  const lookOnce = async () => {
    held = await ask();
    return look(held.placeholder === undefined ? undefined : probe.placeholder, probe, spec, options.context);
  };
  let verdict = await lookOnce();
  // Counts from the first verdict, because an attempt that waits for a pod or a log has not judged yet.
  const end = Date.now() + (options.settleMilliseconds ?? SETTLE_MS);
  // One missing answer takes longer than the whole settling time. So an unseen result is always asked for once more.
  for (
    let again = 0;
    (!probe.patient || verdict.unseen) &&
    !verdict.ok &&
    !verdict.notApplicable &&
    !verdict.hint &&
    !verdict.isFinal &&
    (Date.now() < end || (verdict.silence && again === 0));
    again += 1
  ) {
    await pause(options);
    verdict = await lookOnce();
  }
  const { ok, seen, notApplicable, hint, silence } = verdict;
  if (ok && verdict.placeholder === undefined) held = await askOn(held, ask, end, options);
  // An API server that answers nothing proves nothing about any lesson, so the run ends. One that leaves only this
  // question open fails only this check.
  if (silence) {
    if (!(await answersElse(options.context.seat))) throw silence;
    return { ...row, status: "failed", seen, expected, seconds: seconds(), hint: notAnswered(spec, silence) };
  }
  const placeholder = held.placeholder ?? verdict.placeholder;
  if (ok && placeholder === undefined && held.unknown !== undefined) {
    const { name, error } = held.unknown;
    if (error instanceof ApiSilent && !(await answersElse(options.context.seat))) throw error;
    return {
      ...row,
      status: "failed",
      seen: `${seen}; it is unknown whether ${name} itself answered, or a placeholder`,
      expected,
      seconds: seconds(),
      hint: notKnown(spec, error),
    };
  }
  if (ok && placeholder !== undefined)
    return { ...row, status: "placeholder", seen: `${seen} (${placeholder})`, expected, seconds: seconds() };
  if (ok || notApplicable)
    return { ...row, status: ok ? "passed" : "not applicable", seen, expected, seconds: seconds() };
  if (hint) return { ...row, status: "failed", seen, expected, seconds: seconds(), hint };
  const failure = await evidenceOf(spec, verdict, expected, options.context, seconds());
  return { ...row, status: "failed", seen, expected, seconds: seconds(), failure };
}

/** While this is unknown, the answer may come from a placeholder. Asks until it is known, at least once more. */
async function askOn(held: Held, ask: () => Promise<Held>, end: number, options: EngineOptions): Promise<Held> {
  for (let again = 0; held.unknown !== undefined && (Date.now() < end || again === 0); again += 1) {
    await pause(options);
    held = await ask();
  }
  return held;
}

async function pause({ pauseMilliseconds = PAUSE_MS, signal }: EngineOptions): Promise<void> {
  await sleep(pauseMilliseconds, undefined, { signal });
}

/** Whether the API server answers anything. */
async function answersElse(seat: Context["seat"]): Promise<boolean> {
  try {
    await seat.get("/api/v1/namespaces/kube-system");
    return true;
  } catch (error) {
    return !(error instanceof ApiSilent) && !(error instanceof TypeError);
  }
}

/** The hint where the API server answered others in time, but not this check. */
function notAnswered({ lesson }: CheckSpec, { message }: ApiSilent): Hint {
  return {
    cause: `The check did not run: ${message} It answers other questions. This says nothing about the lesson.`,
    look: `${KUBECTL} get --raw /readyz?verbose`,
    fix: `npm run check -- --lesson ${lesson}`,
  };
}

/** The hint where nobody could ask whether a placeholder answered. */
function notKnown({ lesson }: CheckSpec, { message }: Error): Hint {
  return {
    cause: `The check proves nothing, because a placeholder may have answered; asking failed (${message.replace(/\.$/, "")}). This says nothing about the lesson.`,
    look: `${KUBECTL} get service,endpointslices,pods -n ${systemNamespace}`,
    fix: `npm run check -- --lesson ${lesson}`,
  };
}

/** The hint where the asking failed, not the lesson. */
function notAsked(error: ProbePodMissing): Hint {
  return {
    cause: `The check did not run: ${error.message}. This says nothing about the lesson.`,
    look: `${KUBECTL} get events -n ${PROBE_NAMESPACE}`,
    fix: "npm run check",
  };
}

async function look(
  instead: Probe<CheckKind, unknown>["placeholder"],
  probe: Probe<CheckKind, unknown>,
  spec: CheckSpec,
  context: Context,
): Promise<Look> {
  try {
    if (instead) return await instead(spec, context);
    return probe.evaluate(spec, await probe.look(spec, context));
  } catch (error) {
    if (error instanceof ApiSilent) return { ok: false, seen: error.message, unseen: true, silence: error };
    if (error instanceof TypeError || error instanceof UserError) throw error;
    if (error instanceof ProbePodMissing) return { ok: false, seen: error.message, hint: notAsked(error) };
    const text = error instanceof Error ? error.message : String(error);
    return { ok: false, seen: text, evidence: { errors: [text] }, unseen: true };
  }
}

/** Adds the proxies' logs of the failure, where requests were made. */
async function evidenceOf(
  check: CheckSpec,
  { seen, evidence = {} }: Verdict,
  expected: string,
  { seat }: Context,
  seconds: number,
): Promise<Failure> {
  const asked = evidence.statuses !== undefined || evidence.errors !== undefined;
  const log = asked ? await failedRequests(seat, check, seconds).catch(() => []) : [];
  return {
    check,
    seen,
    expected,
    evidence: { ...evidence, ...(log.length > 0 && { log: [...(evidence.log ?? []), ...log] }) },
  };
}
