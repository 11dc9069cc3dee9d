import type { About, Aspect } from "../../../components/lessons/checks/check";
import type { Hint } from "../result";
import type { Snapshot } from "./snapshot";

/** What a rule found on the seat: a hint, and which checks it may explain. */
export interface Finding extends Hint {
  /** Where it works; undefined: in every namespace. */
  readonly namespace?: string;
  /** The services and apps it meets; empty: all of the namespace. */
  readonly services: readonly string[];
  /** What it breaks, the surest first; empty: it may break anything. */
  readonly aspects: readonly Aspect[];
  /** Only that something differs, not what that does: any other finding is better. */
  readonly generic?: boolean;
}

/** One cause that is looked for. Pure: it sees the snapshot alone, and a healthy one gives nothing. */
export type Rule = (snapshot: Snapshot) => Finding[];

/** What of a failed check decides which finding explains it. */
export type Target = Pick<About, "namespace" | "beyond" | "services" | "aspects">;
