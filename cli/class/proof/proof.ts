/** One query of the proof that nothing of a seat is left. */
export interface Query {
  /** What was asked for, e.g. `resource group`. */
  readonly what: string;
  /** How, so that anybody can ask again: a command, or a path that was looked at. */
  readonly asked: string;
  /** What is still there, by name; empty when the answer was that nothing is. */
  readonly left: readonly string[];
  /** Why nobody could be asked: it proves nothing then, and counts as not gone. */
  readonly unknown?: string;
  /** Only this machine's own notes were looked at: the answer says nothing of the seat's target. */
  readonly isLocal?: true;
}

/** What the queries said after a seat was destroyed. */
export interface Proof {
  readonly seat: string;
  readonly queries: readonly Query[];
  /** The id of the class that asked, and when. */
  readonly class?: string;
  readonly at?: string;
  /** What is there and stays, because nobody proved it the class'; each with what removes it. */
  readonly kept?: readonly string[];
}

/** A query that asks `ask` for what is left; an error is an answer too: that nobody could be asked. */
export async function query(what: string, asked: string, ask: () => readonly string[] | Promise<readonly string[]>): Promise<Query> {
  try {
    return { what, asked, left: await ask() };
  } catch (error) {
    return { what, asked, left: [], unknown: (error as Error).message };
  }
}

/** Whether a query of the target itself was answered, every other as well, and none of them found anything. Where nobody was asked, nothing is proved. */
export function isClean(queries: readonly Query[]): boolean {
  return queries.some(({ isLocal, unknown }) => !isLocal && unknown === undefined) && queries.every(({ left, unknown }) => left.length === 0 && unknown === undefined);
}

/** What a proof found left, or could not find out, in a sentence; undefined where no query tells of any. */
export function leftText(queries: readonly Query[]): string | undefined {
  const left = queries.filter((one) => one.left.length > 0).map((one) => `${one.what} ${one.left.join(", ")} (${one.asked})`);
  const unknown = queries.filter((one) => one.unknown !== undefined).map((one) => `${one.what} (${one.asked}: ${one.unknown})`);
  const parts = [...(left.length > 0 ? [`still there: ${left.join("; ")}`] : []), ...(unknown.length > 0 ? [`nobody could be asked for: ${unknown.join("; ")}`] : [])];
  return parts.length > 0 ? parts.join("; ") : undefined;
}

/** Why the queries are no proof; undefined where they are one. */
export function troubleIn(queries: readonly Query[]): string | undefined {
  return leftText(queries) ?? (isClean(queries) ? undefined : `unknown whether it is gone: its target was never asked (${countsText(queries)})`);
}

/** `7 queries, 5 answered` */
export function countsText(queries: readonly Query[]): string {
  return `${queries.length} ${queries.length === 1 ? "query" : "queries"}, ${queries.filter(({ unknown }) => unknown === undefined).length} answered`;
}
