import type { Field } from "./fields";
import { fieldTexts } from "./text";

/**
 * An object that differs from what Pulumi created. A field's `before` is the created value, `after` the current one.
 */
export interface Changed {
  /** `Deployment blog/api-v1`. */
  readonly object: string;
  readonly namespace: string;
  readonly fields: readonly Field[];
  /**
   * Its API path, set where somebody added fields beyond what the program wrote. `up` does not see such fields, so the
   * object must be deleted and recreated.
   */
  readonly beyond?: string;
  /** The uid of the object that was compared. */
  readonly uid?: string;
  /** Somebody deleted Pulumi's object and created another one under its name. */
  readonly anew?: true;
  /** The PersistentVolumeClaim's name, where it is one. */
  readonly claim?: string;
}

/** An object that Pulumi created and that is gone. */
export interface Missing {
  readonly object: string;
  readonly namespace: string;
}

/** An object that Pulumi did not create, and that came after the seat. */
export interface Added {
  readonly object: string;
  readonly namespace: string;
  /** When it was created, as the API server says. */
  readonly since?: string;
  /** The program that wrote it: `kubectl-create`. */
  readonly by?: string;
  /** Its API path. */
  readonly path: string;
  /** The uid of exactly this object. */
  readonly uid: string;
  /** The PersistentVolumeClaim's name, where it is one: it holds data. */
  readonly claim?: string;
}

/** An object that may be older than the seat. It is shown and never deleted. */
export interface Unclear {
  readonly object: string;
  readonly namespace: string;
  readonly since?: string;
}

/** What the API server was asked for and did not answer. */
export interface NotAsked {
  /** `widgets.example.org in blog`. */
  readonly what: string;
  readonly why: string;
  /** Undefined where it concerns all namespaces. */
  readonly namespace?: string;
}

/** The differences between a seat and what Pulumi created: what its trainee did. */
export interface SeatDrift {
  readonly changed: readonly Changed[];
  readonly missing: readonly Missing[];
  readonly added: readonly Added[];
  readonly unclear: readonly Unclear[];
  readonly notAsked: readonly NotAsked[];
  /** Namespaces that existed before the seat. Objects added there may belong to others. */
  readonly shared: readonly string[];
  /**
   * What a refresh has taken over from the cluster into the state, so that it is no difference any more: what `up` would
   * change, a line each. @default none
   */
  readonly takenOver?: readonly string[];
}

export function differencesIn({ changed, missing, added, takenOver = [] }: SeatDrift): number {
  return changed.length + missing.length + added.length + takenOver.length;
}

/** Whether everything is known to be as created. */
export function isAsMade(drift: SeatDrift): boolean {
  return differencesIn(drift) === 0 && drift.unclear.length === 0 && drift.notAsked.length === 0;
}

/** The part of the drift in one namespace. */
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

/** A line per object: `~` changed, `-` gone, `+` added, `?` unknown, `!` taken over into the state. */
export function diff({ changed, missing, added, unclear, notAsked, shared, takenOver = [] }: SeatDrift): string[] {
  return [
    ...changed.map(
      ({ object, fields, anew }) =>
        `~ ${object}: ${[...(anew ? ["deleted, and made again by hand"] : []), ...fieldTexts({ fields })].join("; ")}`,
    ),
    ...missing.map(({ object }) => `- ${object}`),
    ...added.map(
      (one) =>
        `+ ${one.object}${madeBy(one)}${shared.includes(one.namespace) ? ", in a namespace that existed before the seat" : ""}`,
    ),
    ...unclear.map(
      ({ object, since }) => `? ${object}${madeBy({ since })}: it is unknown whether it existed before the seat`,
    ),
    ...notAsked.map(({ what, why }) => `? ${what} could not be listed: ${why}`),
    ...takenOver.map((line) => `! only \`up\` restores it, because a refresh has taken the change over: ${line}`),
  ];
}

function madeBy({ since, by }: Pick<Added, "since" | "by">): string {
  const parts = [
    ...(by === undefined ? [] : [`by ${by}`]),
    ...(since === undefined ? [] : [`at ${since.replace("T", " ").replace(/(:\d\d)?Z$/, " UTC")}`]),
  ];
  return parts.length > 0 ? ` (${parts.join(" ")})` : "";
}
