import type { Caller, CheckBase, CheckKind } from "../../../components/lessons/checks/check";
import type { Evidence } from "../result";
import type { Seat } from "../seat";

/** What a probe may use. */
export interface Context {
  readonly seat: Seat;
  /** Where the gateway is reached without HTTP, for TLS. */
  readonly secure: { readonly host: string; readonly port: number };
  /** KIALI_URL; undefined where Kiali is not installed. */
  readonly kialiUrl?: string;
  /** The pod of a caller; for the two pods of `check`, once they are ready. */
  caller(caller: Caller): Promise<CallerPod>;
}

/** A container that commands can be run in. */
export interface CallerPod {
  readonly namespace: string;
  readonly pod: { readonly name: string } | { readonly labels: Readonly<Record<string, string>> };
  readonly container: string;
}

/** What a look at the seat means. */
export interface Verdict {
  readonly ok: boolean;
  /** In words. */
  readonly seen: string;
  readonly evidence?: Evidence;
  /** Set where the seat has nothing that the check could be made on; `seen` says what. */
  readonly notApplicable?: true;
  /** Set where the answer itself says that a placeholder gave it, and which: it passes nothing. */
  readonly placeholder?: string;
}

/** How one kind of check is made: looking at the live seat is apart from judging what was seen. */
export interface Probe<Kind extends CheckKind, Seen> {
  /** Makes so much traffic that only one of them runs at a time. */
  readonly heavy?: true;
  /** Looks for as long as it takes to be sure: begun before the others, and not looked again but where the look itself failed. */
  readonly patient?: true;
  /** What should be seen, in words. */
  expected(spec: Kind): string;
  look(spec: Kind & CheckBase, context: Context): Promise<Seen>;
  /** Pure. */
  judge(spec: Kind & CheckBase, seen: Seen): Verdict;
  /**
   * Asked where a placeholder answers, which has nothing of what is looked for: whether it is in its place.
   * @default the same as everywhere
   */
  placeholder?(spec: Kind & CheckBase, context: Context): Promise<Verdict>;
}

/** `a, b and c` */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** The beginning of a text, on one line. */
export function beginning(text: string, length = 120): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}
