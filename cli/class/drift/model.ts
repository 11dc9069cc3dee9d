import type { Outcome } from "../model";
import type { Field } from "../preview/fields";
import { counted, fieldTexts } from "../preview/text";

/** An object that is not as Pulumi made it; `before` of a field is what it was made with, `after` what it is. */
export interface Changed {
  /** `Deployment blog/api-v1`. */
  readonly object: string;
  readonly namespace: string;
  readonly fields: readonly Field[];
  /**
   * Set where something was added besides what the program wrote: an `up` does not see that. Where the object is on the API server, for whoever makes it anew.
   */
  readonly beyond?: string;
  /** The object that was looked at, by its uid. */
  readonly uid?: string;
  /** Another object than the one that Pulumi made: somebody deleted that one and made this one under its name. */
  readonly anew?: true;
  /** A claim of storage, by its name. */
  readonly claim?: string;
}

/** An object that Pulumi made and that is not there any more. */
export interface Missing {
  readonly object: string;
  readonly namespace: string;
}

/** An object that Pulumi did not make, and that came after the seat. */
export interface Added {
  readonly object: string;
  readonly namespace: string;
  /** When it was made, as the API server says it. */
  readonly since?: string;
  /** The program it was made with: `kubectl-create`. */
  readonly by?: string;
  /** Where it is on the API server. */
  readonly path: string;
  /** Of this very object. */
  readonly uid: string;
  /** A claim of storage, by its name: it holds data. */
  readonly claim?: string;
}

/** An object of which nobody can tell whether it was there before the seat. It is shown, and never taken away. */
export interface Unclear {
  readonly object: string;
  readonly namespace: string;
  readonly since?: string;
}

/** What the API server was asked for, and did not tell. */
export interface NotAsked {
  /** `widgets.example.org in blog`. */
  readonly what: string;
  readonly why: string;
  /** Undefined where it is about all namespaces. */
  readonly namespace?: string;
}

/** What is different in a seat from how it was made: what a trainee has done. */
export interface SeatDrift {
  readonly changed: readonly Changed[];
  readonly missing: readonly Missing[];
  readonly added: readonly Added[];
  readonly unclear: readonly Unclear[];
  readonly notAsked: readonly NotAsked[];
  /** Namespaces that were there before the seat. What is added there may be somebody else's. */
  readonly shared: readonly string[];
}

export function differencesIn({ changed, missing, added }: SeatDrift): number {
  return changed.length + missing.length + added.length;
}

/** Whether it is known of everything that it is as it was made. */
export function isAsMade(drift: SeatDrift): boolean {
  return differencesIn(drift) === 0 && drift.unclear.length === 0 && drift.notAsked.length === 0;
}

/** What of it is in one namespace. */
export function inNamespace(drift: SeatDrift, namespace: string): SeatDrift {
  const here = (one: { readonly namespace: string }) => one.namespace === namespace;
  return {
    changed: drift.changed.filter(here),
    missing: drift.missing.filter(here),
    added: drift.added.filter(here),
    unclear: drift.unclear.filter(here),
    notAsked: drift.notAsked.filter((one) => one.namespace === undefined || one.namespace === namespace),
    shared: drift.shared.filter((name) => name === namespace),
  };
}

/** What every seat's trainee has done, as a diff; the seats that are as they were made in one line. */
export function driftText(outcomes: readonly Outcome<SeatDrift>[]): string {
  const drifted = outcomes.flatMap((outcome) => (outcome.status === "done" && !isAsMade(outcome.result) ? [outcome] : []));
  const same = outcomes.filter((outcome) => outcome.status === "done" && isAsMade(outcome.result)).map(({ seat }) => seat.seat);
  const silent = outcomes.flatMap((outcome) => (outcome.status === "done" ? [] : [`${outcome.seat.seat}: nobody knows: ${outcome.status === "failed" ? outcome.trouble : outcome.status}`]));
  return [
    ...drifted.flatMap(({ seat, result }) => [`${seat.seat}${seat.trainee && ` (${seat.trainee})`}: ${counted(differencesIn(result), "difference")}`, ...diff(result).map((line) => `  ${line}`)]),
    ...(same.length > 0 ? [`${counted(same.length, "seat")} as made: ${same.join(", ")}`] : []),
    ...silent,
  ].join("\n");
}

/** A line for each object: `~` changed, `-` gone, `+` added, `?` what nobody can tell. */
export function diff({ changed, missing, added, unclear, notAsked, shared }: SeatDrift): string[] {
  return [
    ...changed.map(({ object, fields, anew }) => `~ ${object}: ${[...(anew ? ["deleted, and made again by hand"] : []), ...fieldTexts({ fields })].join("; ")}`),
    ...missing.map(({ object }) => `- ${object}`),
    ...added.map((one) => `+ ${one.object}${madeBy(one)}${shared.includes(one.namespace) ? ", in a namespace that was there before the seat" : ""}`),
    ...unclear.map(({ object, since }) => `? ${object}${madeBy({ since })}: nobody can tell whether it was there before the seat`),
    ...notAsked.map(({ what, why }) => `? ${what} could not be asked for: ${why}`),
  ];
}

function madeBy({ since, by }: Pick<Added, "since" | "by">): string {
  const parts = [...(by === undefined ? [] : [`by ${by}`]), ...(since === undefined ? [] : [`at ${since.replace("T", " ").replace(/(:\d\d)?Z$/, " UTC")}`])];
  return parts.length > 0 ? ` (${parts.join(" ")})` : "";
}
