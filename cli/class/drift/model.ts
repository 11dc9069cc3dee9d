import type { Field } from "../preview/fields";

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
}

/** An object that Pulumi made and that is not there any more. */
export interface Missing {
  readonly object: string;
  readonly namespace: string;
}

/** An object that Pulumi did not make. */
export interface Added {
  readonly object: string;
  readonly namespace: string;
  /** When it was made, as the API server says it. */
  readonly since?: string;
  /** The program it was made with: `kubectl-create`. */
  readonly by?: string;
  /** Where it is on the API server. */
  readonly path: string;
}

/** What is different in a seat from how it was made: what a trainee has done. */
export interface SeatDrift {
  readonly changed: readonly Changed[];
  readonly missing: readonly Missing[];
  readonly added: readonly Added[];
}

export function differencesIn({ changed, missing, added }: SeatDrift): number {
  return changed.length + missing.length + added.length;
}

/** What of it is in one namespace. */
export function inNamespace({ changed, missing, added }: SeatDrift, namespace: string): SeatDrift {
  const here = (one: { readonly namespace: string }) => one.namespace === namespace;
  return { changed: changed.filter(here), missing: missing.filter(here), added: added.filter(here) };
}
