import { onStack } from "../../base/advice";
import { catalog } from "../../components/lessons/catalog";
import type { CheckSpec } from "../../components/lessons/checks/check";
import { exportStack } from "../stack/stack";
import { Api } from "./api";
import { hints, mendOf } from "./diagnosis";
import { runAll } from "./engine";
import { requireGateway } from "./gateway";
import { GUEST_NAMESPACE, Guests } from "./guests";
import { LiveSeat } from "./live-seat";
import { nameStack } from "./name-stack";
import { chosen, guestsOf, missingOf, podOf } from "./plan";
import { Placeholders } from "./placeholders";
import { probeOf } from "./probes";
import type { Context } from "./probes/probe";
import type { CheckResult, Report } from "./result";
import type { Seat } from "./seat";
import { readStack, type StackSeat } from "./stack-outputs";
import { standInOf } from "./stand-ins";

export interface CheckOptions {
  readonly stack: string;
  /** `addons` for those of the addons. @default every lesson of the stack, and its addons */
  readonly lessons?: readonly string[];
  /** Interrupts the run; what it made on the seat is removed nevertheless. */
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
}

/** Told how far a run is. */
export interface Progress {
  /** Something worth a line: what is made on the seat, what is waited for. */
  say(line: string): void;
  begin(total: number): void;
  seen(spec: CheckSpec, result?: CheckResult): void;
  end(): void;
}

/**
 * Checks a live seat, lesson by lesson, against its stack's config.
 * @throws {UserError} where there is no seat that answers, or no such lesson
 */
export async function runChecks({ stack: named, lessons, signal = new AbortController().signal, progress }: CheckOptions): Promise<Report> {
  const started = Date.now();
  const stack = await readStack(named);
  const specs = chosen(stack, lessons);
  const seat = new LiveSeat(stack.kubeconfig, stack.gatewayUrl);
  const api = new Api(stack.kubeconfig);
  await requireGateway(seat, stack.stack);
  const missing = missingOf(specs, stack);
  if (missing.length > 0) progress?.say(`In the config, but not installed by the last up: ${missing.join(", ")}. \`${onStack(stack.stack, "npm run up")}\` installs what is missing.`);

  const guests = new Guests(api, signal);
  const wanted = guestsOf(specs);
  if (wanted.length > 0) {
    progress?.say(`Making ${wanted.length === 1 ? "a pod" : "two pods"} (${wanted.join(", ")}) in namespace ${GUEST_NAMESPACE}, removed at the end.`);
    guests.invite(wanted);
  }
  let results: CheckResult[];
  try {
    progress?.begin(specs.length);
    const context: Context = { seat, secure: { host: stack.ingressHost, port: stack.securePort }, kialiUrl: stack.kialiUrl, caller: (caller) => podOf(caller, guests) };
    const placeholders = new Placeholders(seat, stack.settings);
    results = await runAll(specs, { probeOf, context, signal, standInOf: (spec) => standInOf(spec, stack.settings), heldOf: (spec) => placeholders.heldOf(spec), seen: (spec, result) => progress?.seen(spec, result) });
    await addHints(results, stack, seat);
  } finally {
    progress?.end();
    await guests.leave().catch((error: Error) => progress?.say(`Namespace ${GUEST_NAMESPACE} may still be there. The next check from this machine removes it. ${error.message}`));
  }
  return { stack: stack.stack, gatewayUrl: stack.gatewayUrl, started: new Date(started).toISOString(), seconds: Math.round((Date.now() - started) / 100) / 10, results };
}

/** The seat is looked through for causes only when something failed. */
async function addHints(results: CheckResult[], { workspace, stack, settings }: StackSeat, seat: Seat): Promise<void> {
  const failures = results.flatMap(({ failure }) => failure ?? []);
  const mend = mendOf(stack);
  const namespaces = settings.lessons.map((lesson) => catalog[lesson].namespace);
  const found = await hints(failures, { sourceOf: async () => ({ seat, resources: (await exportStack(workspace, stack)).resources, namespaces }), mend });
  for (const result of results) {
    if (result.failure) result.hint = found.get(result.failure);
    nameStack(result, stack);
  }
}
