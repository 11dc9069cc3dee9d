import { STATUS_CODES } from "node:http";
import type { z } from "zod";
import { isMap } from "../../base/values";
import { choice, map, number, text, withRule, type Immutable, type ReportProblem } from "../config-schema";
import { shown } from "../config-value";

/**
 * How calls to a service are treated, in the words of Istio's VirtualService and DestinationRule. Keys that are not
 * set are not written.
 */
export type TrafficPolicy = Immutable<z.infer<typeof trafficPolicy>>;
export type Retries = NonNullable<TrafficPolicy["retries"]>;
/** At least one of `delay` and `abort`. */
export type Fault = NonNullable<TrafficPolicy["fault"]>;
export type LoadBalancer = (typeof loadBalancers)[number];

export const loadBalancers = ["ROUND_ROBIN", "LEAST_REQUEST", "RANDOM"] as const;

/** Returns the milliseconds of an Istio duration: one term (`0.5s`), or several (`1m30s`). */
export function milliseconds(duration: string): number {
  const terms = [...duration.matchAll(/([\d.]+)(ms|h|m|s)/g)];
  const sum = terms.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * unitMilliseconds[unit as keyof typeof unitMilliseconds],
    0,
  );
  // Removes floating-point noise: 1.001 * 1000 is 1000.9999999999999.
  return Number(sum.toFixed(6));
}

/** The largest unit comes first. */
export const unitMilliseconds = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

/** Istio requires whole milliseconds, and at least one. More than an hour is probably a mistake. */
const duration = text(isDuration, "a duration such as 500ms, 0.5s or 10s, in whole milliseconds from 1ms to 1h");

function isDuration(text: string): boolean {
  const amount = milliseconds(text);
  return (
    /^(0|[1-9]\d*)(\.\d+)?(ms|s|m|h)$/.test(text) &&
    Number.isInteger(amount) &&
    amount >= 1 &&
    amount <= unitMilliseconds.h
  );
}

/**
 * The conditions that Istio's validation accepts:
 * https://github.com/istio/istio/blob/1.31.1/pkg/config/validation/validation.go (supportedRetryOnPolicies).
 */
const retryConditions = [
  "5xx",
  "gateway-error",
  "reset",
  "reset-before-request",
  "connect-failure",
  "retriable-4xx",
  "refused-stream",
  "retriable-status-codes",
  "retriable-headers",
  "envoy-ratelimited",
  "http3-post-connect-failure",
  "cancelled",
  "deadline-exceeded",
  "internal",
  "resource-exhausted",
  "unavailable",
];

const retryOn = withRule(text(/^/, "text such as 5xx,connect-failure"), (conditions, report) => {
  const wrong = conditions
    .split(",")
    .filter((condition) => !retryConditions.includes(condition) && !isErrorStatus(condition));
  if (wrong.length === 0) return;
  const valid = `by comma and without spaces: ${retryConditions.join(", ")}, or an HTTP status from 400 to 599`;
  report(
    [],
    `${wrong.map(shown).join(", ")} ${wrong.length > 1 ? "are not conditions" : "is not a condition"} of Envoy's; valid, ${valid}`,
    { valid: `conditions, ${valid}` },
  );
});

function isErrorStatus(text: string): boolean {
  return /^[45]\d\d$/.test(text) && Object.hasOwn(STATUS_CODES, text);
}

/** Valid names of a signed-in user. They travel in a header, so they have no blanks and only ASCII. */
export const userName = {
  pattern: /^[\x21-\x7e]{1,63}$/,
  valid: "a user's name of 1 to 63 letters, digits and signs, without blanks",
};

const percentage = number({ from: 0, to: 100 }).describe("Percentage of the calls.");

const retries = withRule(
  map(
    {
      attempts: number({ from: 0, to: 10, whole: true }).describe(
        "Attempts after the first; 0 turns Istio's own retries off.",
      ),
      perTryTimeout: duration.optional().describe("How long one attempt may take.").meta({ otherwise: "the timeout" }),
      retryOn: retryOn
        .optional()
        .describe("Envoy's conditions and HTTP statuses, by comma, such as `5xx,connect-failure`.")
        .meta({ otherwise: "Istio's own" }),
    },
    "a map such as {attempts: 3, perTryTimeout: 2s, retryOn: 5xx}",
  ),
  ({ attempts, perTryTimeout, retryOn }, report) => {
    // Istio's webhook reports the same, but in the middle of an `up`.
    if (attempts === 0 && (perTryTimeout !== undefined || retryOn !== undefined)) {
      report([], "attempts 0 turns retries off: perTryTimeout and retryOn have no meaning beside it", {
        valid: "attempts from 1 on beside perTryTimeout and retryOn",
      });
    }
  },
);

const faultExample = "a map such as {delay: {fixedDelay: 7s, percentage: 100}, user: jason}";

const fault = withRule(
  map(
    {
      delay: map(
        { fixedDelay: duration.describe("How long a call is held up."), percentage },
        "a map such as {fixedDelay: 7s, percentage: 100}",
      )
        .optional()
        .describe("Holds calls up."),
      abort: map(
        { httpStatus: number({ from: 200, to: 599, whole: true }).describe("What is answered instead."), percentage },
        "a map such as {httpStatus: 500, percentage: 10}",
      )
        .optional()
        .describe("Answers calls in the service's place."),
      user: text(userName.pattern, userName.valid)
        .optional()
        .describe("Only calls on behalf of this signed-in user (header `end-user`).")
        .meta({ otherwise: "all calls" }),
    },
    faultExample,
  ),
  ({ delay, abort }, report) => {
    if (delay === undefined && abort === undefined)
      report([], () => `has neither delay nor abort; valid is ${faultExample}`);
  },
);

/** The keys of a policy. */
export const policyKeys = {
  timeout: duration
    .optional()
    .describe("How long a call may take, all its retries among it.")
    .meta({ otherwise: "no limit" }),
  retries: retries
    .optional()
    .describe("How often a failed call is tried again.")
    .meta({ otherwise: "Istio's own: two more attempts after a failed connection, a refused stream and the like" }),
  fault: fault.optional().describe("Faults that the caller's proxy puts in: at least one of delay and abort."),
  loadBalancer: choice("load balancer", loadBalancers)
    .optional()
    .describe("How a call is given to one of several pods.")
    .meta({ otherwise: "Istio's own, LEAST_REQUEST" }),
};

export const trafficPolicy = map(policyKeys);

/** The Gateway API 1.6, standard channel, cannot express these. Retries are in its experimental channel only. */
const noWordsInHttpRoute = {
  retries: "of retries",
  fault: "of fault injection",
  loadBalancer: "of a load balancer's policy",
} as const satisfies Partial<Record<keyof TrafficPolicy, string>>;

/** Reports the keys of the policy at `path` that the Gateway API cannot express. */
export function reportWhatHttpRouteCannotSay(policy: unknown, path: readonly string[], report: ReportProblem): void {
  for (const [key, what] of Object.entries(noWordsInHttpRoute)) {
    if (isMap(policy) && policy[key] !== undefined)
      report([...path, key], () => `HTTPRoute knows nothing ${what}; remove it, or set gatewayApi to false`);
  }
}
