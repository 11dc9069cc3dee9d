import type { Caller, CheckBase, CheckKind } from "../../../components/lessons/checks/check";
import type { Analysis } from "../analysis";
import type { Evidence } from "../result";
import type { Seat } from "../../seat/seat";

/**
 * Proxies receive a new route seconds after `up` has ended. A check may fail for this long before its failure counts.
 */
export const SETTLE_MS = 7000;

/** What a probe may use. */
export interface Context {
  readonly seat: Seat;
  /** The gateway's TLS address. */
  readonly secure: { readonly host: string; readonly port: number };
  /** KIALI_URL; undefined where Kiali is not installed. */
  readonly kialiUrl?: string;
  /** What `istioctl analyze` says of the whole seat. */
  analyze(): Promise<Analysis>;
  /** The caller's pod; waits for a probe pod to be ready. */
  caller(caller: Caller): Promise<CallerPod>;
}

/** A container that can run commands. */
export interface CallerPod {
  readonly namespace: string;
  readonly pod: { readonly name: string } | { readonly labels: Readonly<Record<string, string>> };
  readonly container: string;
}

/** What an observation means. */
export interface Verdict {
  readonly ok: boolean;
  /** In words. */
  readonly seen: string;
  readonly evidence?: Evidence;
  /** Set where the seat has nothing to check; `seen` says what is missing. */
  readonly notApplicable?: true;
  /** Set where the observation itself has taken longer than proxies take to receive a route: asking again is idle. */
  readonly isFinal?: true;
  /** Set where the answer names the placeholder that gave it, which passes no check. */
  readonly placeholder?: string;
}

/** One kind of check. Observing the live seat and judging the observation are separate. */
export interface Probe<Kind extends CheckKind, Seen> {
  /** Makes so much traffic that only one such probe runs at a time. */
  readonly heavy?: true;
  /**
   * Waits until its result is certain. Starts before the others, and repeats only where the observation itself failed.
   */
  readonly patient?: true;
  /** What should be seen, in words. */
  expected(spec: Kind): string;
  look(spec: Kind & CheckBase, context: Context): Promise<Seen>;
  /** A pure function. */
  evaluate(spec: Kind & CheckBase, seen: Seen): Verdict;
  /** Called where a placeholder answers: whether the placeholder is in its place. @default the same as everywhere */
  placeholder?(spec: Kind & CheckBase, context: Context): Promise<Verdict>;
}

/** `a, b and c` */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** The start of a text, on one line. */
export function beginning(text: string, length = 120): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}
