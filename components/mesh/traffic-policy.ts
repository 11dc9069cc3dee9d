import { STATUS_CODES } from "node:http";
import { type Given, shown, withoutUnset } from "../given";

/** How calls to a service are treated on the way, in the words of Istio's VirtualService and DestinationRule. What is not set is not written. */
export interface TrafficPolicy {
  /** How long a call may take, all its retries among it; an Istio duration such as `0.5s` or `500ms`. @default no limit */
  readonly timeout?: string;
  /** @default Istio's own: two more attempts after a failed connection, a refused stream and the like */
  readonly retries?: Retries;
  /** Faults that the caller's proxy puts in. @default none */
  readonly fault?: Fault;
  /** How a call is given to one of several pods. @default Istio's own, LEAST_REQUEST */
  readonly loadBalancer?: LoadBalancer;
}

export interface Retries {
  /** Attempts after the first, from 0 to 10; 0 turns Istio's own retries off. */
  readonly attempts: number;
  /** An Istio duration. @default `timeout` */
  readonly perTryTimeout?: string;
  /** Envoy's conditions and HTTP statuses, by comma, such as `5xx,connect-failure`. @default Istio's own */
  readonly retryOn?: string;
}

/** At least one of `delay` and `abort`. */
export interface Fault {
  readonly delay?: {
    /** An Istio duration. */
    readonly fixedDelay: string;
    /** Of the calls, from 0 to 100. */
    readonly percentage: number;
  };
  readonly abort?: {
    /** What is answered instead, from 200 to 599. */
    readonly httpStatus: number;
    /** Of the calls, from 0 to 100. */
    readonly percentage: number;
  };
  /** Only calls on behalf of this signed-in user (header `end-user`). @default all calls */
  readonly user?: string;
}

export type LoadBalancer = (typeof loadBalancers)[number];

export const loadBalancers = ["ROUND_ROBIN", "LEAST_REQUEST", "RANDOM"] as const;

/** Keys of a TrafficPolicy in the config. */
export const policyKeys = ["timeout", "retries", "fault", "loadBalancer"] as const satisfies readonly (keyof TrafficPolicy)[];

/** What the routes are written in. */
export interface RouteApi {
  /** Gateway API's HTTPRoute, and not Istio's own kinds. */
  readonly gatewayApi: boolean;
}

/** Reads the fields of a policy; what the routes' API has no words for is refused by name. */
export function readTrafficPolicy(given: Record<keyof TrafficPolicy, Given>, { gatewayApi }: RouteApi): TrafficPolicy {
  if (gatewayApi) refuseWhatHttpRouteCannotSay(given);
  return withoutUnset({
    timeout: readDuration(given.timeout),
    retries: readRetries(given.retries),
    fault: readFault(given.fault),
    loadBalancer: given.loadBalancer.choice("load balancer", loadBalancers),
  });
}

/** Gateway API 1.6, standard channel; its retries are in the experimental channel only. */
const noWordsInHttpRoute = {
  retries: "of retries",
  fault: "of fault injection",
  loadBalancer: "of a load balancer's policy",
} as const satisfies Partial<Record<keyof TrafficPolicy, string>>;

function refuseWhatHttpRouteCannotSay(given: Record<keyof TrafficPolicy, Given>): void {
  for (const [key, what] of Object.entries(noWordsInHttpRoute)) {
    const field = given[key as keyof typeof noWordsInHttpRoute];
    if (field.isSet) field.refuse(() => `HTTPRoute knows nothing ${what}; remove it, or set gatewayApi to false`);
  }
}

/** Milliseconds of an Istio duration: one term (`0.5s`), or several (`1m30s`). */
export function milliseconds(duration: string): number {
  const terms = [...duration.matchAll(/([\d.]+)(ms|h|m|s)/g)];
  const sum = terms.reduce((sum, [, amount, unit]) => sum + Number(amount) * unitMilliseconds[unit as keyof typeof unitMilliseconds], 0);
  // To whole ones: 1.001 * 1000 is 1000.9999999999999.
  return Number(sum.toFixed(6));
}

/** The largest first. */
export const unitMilliseconds = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

/** Istio's rule is 1 ms and whole milliseconds; more than an hour is a slip. */
function readDuration<Absent>(given: Given<Absent>): string | Absent {
  const valid = "a duration such as 500ms, 0.5s or 10s, in whole milliseconds from 1ms to 1h";
  const text = given.text(/^(0|[1-9]\d*)(\.\d+)?(ms|s|m|h)$/, valid);
  if (typeof text !== "string") return text;
  const duration = milliseconds(text);
  return Number.isInteger(duration) && duration >= 1 && duration <= unitMilliseconds.h ? text : given.refuse((shown) => `${shown} is not ${valid}`);
}

function readRetries(given: Given): Retries | undefined {
  if (!given.isSet) return undefined;
  const { attempts, perTryTimeout, retryOn } = given.fields(["attempts", "perTryTimeout", "retryOn"], "a map such as {attempts: 3, perTryTimeout: 2s, retryOn: 5xx}");
  const retries = withoutUnset({
    attempts: attempts.needed.number({ from: 0, to: 10, whole: true }),
    perTryTimeout: readDuration(perTryTimeout),
    retryOn: readRetryOn(retryOn),
  });
  // Istio's webhook says the same, but half-way through an up.
  if (retries.attempts === 0 && (perTryTimeout.isSet || retryOn.isSet)) given.refuse("attempts 0 turns retries off: perTryTimeout and retryOn have no meaning beside it", "attempts from 1 on beside perTryTimeout and retryOn");
  return retries;
}

/** What Istio's validation lets through: https://github.com/istio/istio/blob/1.31.1/pkg/config/validation/validation.go (supportedRetryOnPolicies). */
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

function readRetryOn(given: Given): string | undefined {
  const text = given.text(/^/, "text such as 5xx,connect-failure");
  if (text === undefined) return undefined;
  const wrong = text.split(",").filter((condition) => !retryConditions.includes(condition) && !isErrorStatus(condition));
  if (wrong.length === 0) return text;
  const valid = `valid, by comma and without spaces: ${retryConditions.join(", ")}, or an HTTP status from 400 to 599`;
  return given.refuse(`${wrong.map(shown).join(", ")} ${wrong.length > 1 ? "are no conditions" : "is no condition"} of Envoy's; ${valid}`, valid.replace("valid, ", "conditions, "));
}

function isErrorStatus(text: string): boolean {
  return /^[45]\d\d$/.test(text) && Object.hasOwn(STATUS_CODES, text);
}

function readFault(given: Given): Fault | undefined {
  if (!given.isSet) return undefined;
  const { delay, abort, user } = given.fields(["delay", "abort", "user"], faultExample);
  if (!delay.isSet && !abort.isSet) given.refuse(() => `has neither delay nor abort; valid is ${faultExample}`);
  return withoutUnset({ delay: readDelay(delay), abort: readAbort(abort), user: readEndUser(user) });
}

const faultExample = "a map such as {delay: {fixedDelay: 7s, percentage: 100}, user: jason}";
const percent = { from: 0, to: 100 };

function readDelay(given: Given): Fault["delay"] {
  if (!given.isSet) return undefined;
  const { fixedDelay, percentage } = given.fields(["fixedDelay", "percentage"], "a map such as {fixedDelay: 7s, percentage: 100}");
  return { fixedDelay: readDuration(fixedDelay.needed), percentage: percentage.needed.number(percent) };
}

function readAbort(given: Given): Fault["abort"] {
  if (!given.isSet) return undefined;
  const { httpStatus, percentage } = given.fields(["httpStatus", "percentage"], "a map such as {httpStatus: 500, percentage: 10}");
  return { httpStatus: httpStatus.needed.number({ from: 200, to: 599, whole: true }), percentage: percentage.needed.number(percent) };
}

/** The name of a signed-in user. */
export function readEndUser(given: Given): string | undefined {
  return given.text(endUser.pattern, endUser.valid);
}

/** It travels as a header, so it has neither blanks nor anything that is not ASCII. */
export const endUser = { pattern: /^[\x21-\x7e]{1,63}$/, valid: "a user's name of 1 to 63 letters, digits and signs, without blanks" };
