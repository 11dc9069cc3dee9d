import { KUBECTL, onStack } from "../../base/advice";
import { UserError } from "../../base/errors";
import { checksOf } from "../../components/checks";
import { MESH } from "../../components/lessons/checks/analysis";
import { lessonCalled, lessonOf, shortName } from "../../components/lessons/catalog";
import type { Settings } from "../../config";
import type { Caller, CheckSpec } from "../../components/lessons/checks/check";
import { gatewayName, ingressNamespace as namespace } from "../../components/mesh/gateway";
import { gatewayEntryOf, PUBLISHED_PORTS } from "../stack/entry";
import { exportStack } from "../stack/stack";
import { programChanges } from "../preview/program";
import { apiOf, askedTwice } from "../seat/api";
import { analyzerOf } from "./analysis";
import { explain, gatewayCause, repairCommandOf, restartCommandOf } from "./diagnosis";
import type { SnapshotSource } from "./diagnosis/snapshot";
import { runAll } from "./engine";
import { isReady, LiveSeat } from "../seat/live-seat";
import { Placeholders, standInOf } from "./placeholders";
import { type ProbePod, PROBE_NAMESPACE, ProbePods } from "./probe-pods";
import { probeOf } from "./probes";
import type { CallerPod, Context } from "./probes/probe";
import { type Beside, type CheckReport, type CheckResult, hintOnStack, nameStack } from "./result";
import type { Seat } from "../seat/seat";
import { readStack, type StackSeat } from "../seat/stack-outputs";
import { readTasks } from "./tasks/read";

export interface CheckOptions {
  readonly stack: string;
  /** `addons` selects the addons' checks. @default every lesson and addon of the stack */
  readonly lessons?: readonly string[];
  /** Interrupts the run. What it created on the seat is still deleted. */
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
}

/** Receives a run's progress. */
export interface Progress {
  /** Prints a line, e.g. about what is created or waited for. */
  say(line: string): void;
  begin(total: number): void;
  seen(spec: CheckSpec, result?: CheckResult): void;
  end(): void;
}

/**
 * Checks a live seat, lesson by lesson, against its stack's config.
 * @throws {UserError} where no seat answers, or the lesson does not exist
 */
export async function runChecks({
  stack: named,
  lessons,
  signal = new AbortController().signal,
  progress,
}: CheckOptions): Promise<CheckReport> {
  const started = Date.now();
  const stack = await readStack(named);
  const specs = chosen(stack, lessons);
  const seat = new LiveSeat(stack.kubeconfig, stack.gatewayUrl);
  const api = apiOf(stack.kubeconfig);
  const source = async () => {
    const { resources } = await exportStack(stack.workspace, stack.stack);
    return {
      seat,
      resources,
      namespaces: stack.settings.lessons.map((lesson) => lessonOf(lesson).namespace),
      restartCommand: restartCommandOf(stack.stack, resources),
    };
  };
  const unreached = await requireGateway(seat, stack.stack, source);
  if (unreached !== undefined) progress?.say(unreached);
  const missing = missingOf(specs, stack);
  if (missing.length > 0)
    progress?.say(
      `The config names what the last up did not install: ${missing.join(", ")}. \`${onStack(stack.stack, "npm run up")}\` installs it.`,
    );

  const analyze = await analyzerOf(specs, stack, signal, (line) => progress?.say(line));
  const probePods = new ProbePods(api, signal);
  const wanted = probePodsOf(specs);
  if (wanted.length > 0) {
    progress?.say(
      `Making ${wanted.length === 1 ? "a pod" : "two pods"} (${wanted.join(", ")}) in namespace ${PROBE_NAMESPACE}. The end of the check removes them.`,
    );
    probePods.prepare(wanted);
  }
  const noted = noteTasks(stack, seat, (line) => progress?.say(line));
  let results: CheckResult[];
  let besides: readonly Beside[];
  try {
    progress?.begin(specs.length);
    const context: Context = {
      seat,
      secure: { host: stack.ingressHost, port: stack.securePort },
      kialiUrl: stack.kialiUrl,
      analyze,
      caller: (caller) => podOf(caller, probePods),
    };
    const placeholders = new Placeholders(seat, stack.settings);
    results = await runAll(specs, {
      probeOf,
      context,
      signal,
      standInOf: (spec) => standInOf(spec, stack.settings),
      heldOf: (spec) => placeholders.heldOf(spec),
      seen: (spec, result) => progress?.seen(spec, result),
    });
    besides = await explain(results, {
      sourceOf: source,
      repairCommand: repairCommandOf(stack.stack),
      programOf: () => {
        progress?.say("The cluster shows no cause. Asking Pulumi what the program would change.");
        return programChanges(stack.workspace, stack.stack, signal);
      },
    });
    for (const result of results) nameStack(result, stack.stack);
  } finally {
    progress?.end();
    await probePods
      .remove()
      .catch((error: Error) =>
        progress?.say(
          `Namespace ${PROBE_NAMESPACE} may still exist. The next check from this machine removes it. ${error.message}`,
        ),
      );
  }
  await noted;
  return {
    stack: stack.stack,
    gatewayUrl: stack.gatewayUrl,
    started: new Date(started).toISOString(),
    seconds: Math.round((Date.now() - started) / 100) / 10,
    results,
    ...(besides.length > 0 && { besides: besides.map((one) => hintOnStack(one, stack.stack)) }),
  };
}

/** Notes the tasks that a trainee has done, and says so. Whatever it meets, the checks run. */
async function noteTasks(stack: StackSeat, seat: Seat, say: (line: string) => void): Promise<void> {
  const now = new Date();
  try {
    const states = await readTasks({ ...stack, seat }, () => now);
    const turned = states.filter(({ done }) => done === now.toISOString());
    for (const { task, title } of turned) say(`Done: ${title} (${task}).`);
  } catch (error) {
    say(`The tasks were not asked: ${(error as Error).message}`);
  }
}

/** Returns the checks of the chosen lessons. @throws {UserError} where the stack has no such lesson */
export function chosen(
  { settings, stack }: Pick<StackSeat, "settings" | "stack">,
  lessons: readonly string[] | undefined,
): CheckSpec[] {
  const there = [...new Set(checksOf(settings).map(({ lesson }) => lesson))];
  const named = lessons?.map((lesson) => shortNameIn(lesson, settings.lessons));
  const unknown = (named ?? []).filter((lesson) => !there.includes(lesson));
  if (unknown.length > 0) {
    throw new UserError(
      `--lesson ${unknown.join(", ")}: stack ${stack} has no such lesson. It has: ${there.join(", ")}.`,
    );
  }
  return checksOf(settings).filter(({ lesson }) => named === undefined || named.includes(lesson));
}

/** Returns the name that the checks have for a lesson, which may be called by its folder. */
function shortNameIn(text: string, lessons: Settings["lessons"]): string {
  const lesson = lessonCalled(text, lessons);
  return lesson === undefined ? text : shortName(lesson);
}

/** Lessons and addons of the chosen checks that the last `up` did not install. */
export function missingOf(
  specs: readonly CheckSpec[],
  { installed, addons, settings }: Pick<StackSeat, "installed" | "addons" | "settings">,
): string[] {
  const lessons = [...new Set(specs.map(({ lesson }) => lesson))];
  return lessons.flatMap((lesson): readonly string[] =>
    lesson === "addons"
      ? settings.addons.filter((name) => !addons.includes(name))
      : lesson === MESH || lessonCalled(lesson, installed) !== undefined
        ? []
        : [lesson],
  );
}

/** The probe pods that these checks ask from. */
export function probePodsOf(specs: readonly CheckSpec[]): ProbePod[] {
  const names = specs.flatMap((spec): Caller[] => {
    if (spec.notApplicable !== undefined) return [];
    if (spec.kind === "plaintext") return ["outsider"];
    if (spec.kind === "access") return spec.cases.map(({ from }) => from);
    if (spec.kind === "peer") return [spec.from];
    if (spec.kind === "fault") return spec.url === undefined ? [] : ["stranger"];
    return spec.kind === "proxy-route" && spec.proxy === "stranger" ? ["stranger"] : [];
  });
  return (["outsider", "stranger"] as const).filter((probePod) => names.includes(probePod));
}

/** Returns the container that a caller asks from; waits for a probe pod to be ready. */
export async function podOf(caller: Caller, probePods: Pick<ProbePods, "ready">): Promise<CallerPod> {
  if (typeof caller !== "string")
    return { namespace: caller.namespace, pod: { labels: { app: caller.app } }, container: caller.container };
  await probePods.ready(caller);
  return { namespace: PROBE_NAMESPACE, pod: { name: caller }, container: "curl" };
}

/**
 * Refuses a seat whose gateway does not run, in one message. The checks themselves find a missing or wrong route.
 * @param source reads the stack's state, which says how the gateway is reached and what it was made of
 * @returns what to say of a gateway that runs and is not reached from here
 * @throws {UserError} with what to do
 */
export async function requireGateway(
  seat: Seat,
  stack: string,
  source: () => Promise<Omit<SnapshotSource, "repairCommand">>,
): Promise<string | undefined> {
  const { status, error } = await seat.http("/", { timeoutMilliseconds: 5000 });
  if (status > 0) return undefined;
  const pods = await askedTwice(() => seat.list(`/api/v1/namespaces/${namespace}/pods`));
  const silent = `GATEWAY_URL ${seat.gatewayUrl} does not answer (${error})`;
  if (pods.filter(isReady).length === 0) {
    const { cause, look, fix } = hintOnStack(await gatewayCause(source, repairCommandOf(stack)), stack);
    throw new UserError(
      `${silent}: the gateway has no ready pod in namespace ${namespace}.\n${cause}\nlook  ${look}\nfix   ${fix}`,
    );
  }
  const entry = gatewayEntryOf((await source()).resources);
  if (!entry.isForwarded)
    return entry.isAtSomebodysNode ? `${silent}, and its pod is ready. ${PUBLISHED_PORTS}` : undefined;
  const { port } = new URL(seat.gatewayUrl);
  throw new UserError(
    `${silent}: its Service needs a port-forward from here. Start it in another shell and check again:\n` +
      onStack(stack, `${KUBECTL} port-forward -n ${namespace} service/${gatewayName} ${port}:80 8443:443`),
  );
}
