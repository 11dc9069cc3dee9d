import { onStack } from "../../base/advice";
import type { CheckSpec } from "../../components/lessons/checks/check";

/** `placeholder`: what answered only stands in for a thing that cannot be had here, and proves nothing. */
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
  /** Set where programs of this lab stand in for the real apps: what the row proves is the mesh. */
  standIn?: string;
  seconds: number;
  /** Only when failed. */
  hint?: Hint;
  failure?: Failure;
}

/** What teaches: the cause, where to look, what puts it right. */
export interface Hint {
  /** One or two sentences that name the object, the field and the values; where no cause was found, that it was not. */
  cause: string;
  /** A command that shows it. */
  look: string;
  /** What puts it right. */
  fix: string;
}

/** What the diagnosis is given of a failed check. */
export interface Failure {
  check: CheckSpec;
  /** In words, as in the row. */
  seen: string;
  expected: string;
  evidence: Evidence;
}

/** What was observed, for the diagnosis. Every part may be missing. */
export interface Evidence {
  /** HTTP status → how often; 0 counts requests without any answer. */
  statuses?: Record<number, number>;
  /** Beginnings of bodies that were not as they should be. */
  bodies?: string[];
  /** What curl or the connection said where there was no HTTP answer. */
  errors?: string[];
  /** Version → how often it answered. */
  versions?: Record<string, number>;
  /** Envoy's access-log lines of the failed requests, at the gateway or in the callers' and services' proxies. */
  log?: LogLine[];
  /** Pods that were not as they should be. */
  pods?: { name: string; problem: string }[];
}

/** A line of the JSON access log, as far as it is read. */
export interface LogLine {
  /** The pod whose proxy wrote it. */
  pod: string;
  start_time?: string;
  method?: string;
  path?: string;
  authority?: string;
  protocol?: string;
  response_code?: number;
  /** Envoy's short words for what went wrong: `UH`, `NR`, `UF`, `URX`, `DC` … */
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

/** The whole of a run. */
export interface Report {
  stack: string;
  gatewayUrl: string;
  started: string;
  seconds: number;
  results: CheckResult[];
}

/** Whether a run proves anything: something passed, and nothing failed. A run in which no check was made proves nothing. */
export function isProved(results: readonly Pick<CheckResult, "status">[]): boolean {
  return results.some(({ status }) => status === "passed") && results.every(({ status }) => status !== "failed");
}

/** Names the stack in every command of a row: neither a rule, nor a check, nor a probe has to know it. */
export function nameStack(result: CheckResult, stack: string): void {
  result.seen = onStack(stack, result.seen);
  const { hint } = result;
  if (hint) result.hint = { cause: onStack(stack, hint.cause), look: onStack(stack, hint.look), fix: onStack(stack, hint.fix) };
}
