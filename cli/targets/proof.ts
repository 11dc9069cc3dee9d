import type { Deployment } from "../stack/stack";
import type { Workspace } from "../stack/workspace";

/** One query of the proof that nothing of a seat is left. */
export interface Query {
  /** What was asked for, e.g. `resource group`. */
  readonly what: string;
  /** A command or path with which anybody can ask again. */
  readonly asked: string;
  /** Names of what still exists; empty where the answer was that nothing does. */
  readonly left: readonly string[];
  /** Why there is no answer. This proves nothing, and counts as not gone. */
  readonly unknown?: string;
  /** The query only read this machine's files. The answer says nothing about the seat's target. */
  readonly isLocal?: true;
}

/** The queries' answers after a seat was destroyed. */
export interface Proof {
  readonly seat: string;
  readonly queries: readonly Query[];
  /** The id of the class that ran the queries. */
  readonly class?: string;
  readonly at?: string;
  /** What stays because nothing proves that it is the class', each with the command that removes it. */
  readonly kept?: readonly string[];
}

/** Runs `ask` for what is left. An error becomes an unknown answer. */
export async function query(
  what: string,
  asked: string,
  ask: () => readonly string[] | Promise<readonly string[]>,
): Promise<Query> {
  try {
    return { what, asked, left: await ask() };
  } catch (error) {
    return { what, asked, left: [], unknown: (error as Error).message };
  }
}

/**
 * Whether every query was answered and found nothing, including at least one query of the target itself. No queries
 * prove nothing.
 */
export function isClean(queries: readonly Query[]): boolean {
  return (
    queries.some(({ isLocal, unknown }) => !isLocal && unknown === undefined) &&
    queries.every(({ left, unknown }) => left.length === 0 && unknown === undefined)
  );
}

/** A sentence about what is left or unknown; undefined where no query has any. */
export function leftText(queries: readonly Query[]): string | undefined {
  const left = queries
    .filter((one) => one.left.length > 0)
    .map((one) => `${one.what} ${one.left.join(", ")} (${one.asked})`);
  const unknown = queries
    .filter((one) => one.unknown !== undefined)
    .map((one) => `${one.what} (${one.asked}: ${one.unknown})`);
  const parts = [
    ...(left.length > 0 ? [`still there: ${left.join("; ")}`] : []),
    ...(unknown.length > 0 ? [`nothing could be learned about: ${unknown.join("; ")}`] : []),
  ];
  return parts.length > 0 ? parts.join("; ") : undefined;
}

/** Why the queries prove nothing; undefined where they do prove it. */
export function troubleIn(queries: readonly Query[]): string | undefined {
  return (
    leftText(queries) ??
    (isClean(queries)
      ? undefined
      : `it is unknown whether it is gone, because its target was never asked (${countsText(queries)})`)
  );
}

/** As `7 queries, 5 answered`. */
export function countsText(queries: readonly Query[]): string {
  return `${queries.length} ${queries.length === 1 ? "query" : "queries"}, ${queries.filter(({ unknown }) => unknown === undefined).length} answered`;
}

/**
 * What to ask for after a destroy. It is recorded before, because the destroy deletes the state with the names. The
 * file stays until the proof is clean, and has no secrets.
 */
export type Facts = Readonly<Record<string, unknown>>;

export interface ProofContext {
  readonly stack: string;
  readonly workspace: Workspace;
  /** The stack's config: key without namespace → text. */
  readonly config: Readonly<Record<string, string>>;
  /** Paths of the config's secrets. The proof reads none of them. */
  readonly locked?: readonly string[];
}

/** The questions about a seat on one target. */
export interface TargetProof {
  /** Returns the facts to record, taken from the stack's state. */
  facts(context: ProofContext, before: Deployment): Promise<Facts>;
  /** Asks for each thing that a seat has on this target. `facts` may come from an earlier run. */
  queries(context: ProofContext, facts: Facts): Promise<Query[]>;
}

/** The config's value of a key that holds an object; empty where it has none. */
export function objectOf({ config }: Pick<ProofContext, "config">, key: string): Readonly<Record<string, unknown>> {
  const text = config[key];
  return text === undefined ? {} : (JSON.parse(text) as Record<string, unknown>);
}
