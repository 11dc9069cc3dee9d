import { onStack } from "../../base/advice";
import type { AnalysisMessage } from "./analysis";
import type { CheckSpec } from "../../components/lessons/checks/check";

/** `placeholder`: a placeholder answered, which proves nothing about the real thing. */
export type Status = "passed" | "failed" | "placeholder" | "not applicable";

/** One row of the report. */
export interface CheckResult {
  lesson: string;
  /** The check's name. */
  check: string;
  title: string;
  status: Status;
  /** What was seen on the seat, in words; for `not applicable` the reason. */
  seen: string;
  /** What should have been seen. */
  expected: string;
  /** Set where programs of this lab stand in for the real apps: then the row proves only the mesh. */
  standIn?: string;
  seconds: number;
  /** What the lesson's author says to a trainee. Only for failures. */
  advice?: string;
  /** Only for failures. */
  hint?: Hint;
  failure?: Failure;
}

/** An explanation that teaches: the cause, where to look, and the fix. */
export interface Hint {
  /** One or two sentences that name the object, the field and the values, or say that no cause was found. */
  cause: string;
  /** A command that shows the cause. */
  look: string;
  /** The command or change that repairs it. */
  fix: string;
}

/** Something else that is wrong with the seat. */
export interface Beside extends Hint {
  /** The failed checks that it may explain as well. None: it explains no failed check. */
  mayExplain: readonly string[];
}

/** What the diagnosis knows of a failed check. */
export interface Failure {
  check: CheckSpec;
  /** In words, as in the row. */
  seen: string;
  expected: string;
  evidence: Evidence;
}

/** What was observed, for the diagnosis. Every part may be missing. */
export interface Evidence {
  /** HTTP status → count; 0 counts requests without an answer. */
  statuses?: Record<number, number>;
  /** Starts of unexpected bodies. */
  bodies?: string[];
  /** Errors of curl or the connection, where there was no HTTP answer. */
  errors?: string[];
  /** Version → how often it answered. */
  versions?: Record<string, number>;
  /** Envoy's access-log lines of the failed requests, from the gateway or the proxies of callers and services. */
  log?: LogLine[];
  /** Messages of `istioctl analyze`. */
  analysis?: readonly AnalysisMessage[];
  /** Pods with problems. */
  pods?: { name: string; problem: string }[];
}

/** The fields that are read from a line of the JSON access log. */
export interface LogLine {
  /** The pod whose proxy wrote the line. */
  pod: string;
  start_time?: string;
  method?: string;
  path?: string;
  authority?: string;
  protocol?: string;
  response_code?: number;
  /** Envoy's codes for what failed: `UH`, `NR`, `UF`, `URX`, `DC` … */
  response_flags?: string;
  response_code_details?: string;
  upstream_cluster?: string;
  upstream_transport_failure_reason?: string | null;
  upstream_host?: string;
  user_agent?: string;
  /** The caller's SPIFFE id; null or `-` for plaintext. */
  downstream_peer?: string | null;
  [key: string]: unknown;
}

/** The result of a run. */
export interface CheckReport {
  stack: string;
  gatewayUrl: string;
  started: string;
  seconds: number;
  results: CheckResult[];
  /** What else was found wrong, where a check failed. */
  besides?: readonly Beside[];
}

/** Whether a run proves anything: something passed, and nothing failed. A run without checks proves nothing. */
export function isProved(results: readonly Pick<CheckResult, "status">[]): boolean {
  return results.some(({ status }) => status === "passed") && results.every(({ status }) => status !== "failed");
}

/** Names the stack in every command of a row, so that no rule, check or probe has to know it. */
export function nameStack(result: CheckResult, stack: string): void {
  result.seen = onStack(stack, result.seen);
  if (result.hint) result.hint = hintOnStack(result.hint, stack);
}

/** Names the stack in every command of a hint. */
export function hintOnStack<T extends Hint>(hint: T, stack: string): T {
  return {
    ...hint,
    cause: onStack(stack, hint.cause),
    look: onStack(stack, hint.look),
    fix: onStack(stack, hint.fix),
  };
}
