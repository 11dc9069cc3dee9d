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
}

/** What the queries said after a seat was destroyed. */
export interface Proof {
  readonly seat: string;
  readonly queries: readonly Query[];
}

/** A query that asks `ask` for what is left; an error is an answer too: that nobody could be asked. */
export async function query(what: string, asked: string, ask: () => readonly string[] | Promise<readonly string[]>): Promise<Query> {
  try {
    return { what, asked, left: await ask() };
  } catch (error) {
    return { what, asked, left: [], unknown: (error as Error).message };
  }
}

/** Whether every query was answered, and that nothing is there. */
export function isClean(queries: readonly Query[]): boolean {
  return queries.every(({ left, unknown }) => left.length === 0 && unknown === undefined);
}

/** What a proof found left, or could not find out, in a sentence; undefined where it is clean. */
export function leftText(queries: readonly Query[]): string | undefined {
  const left = queries.filter((one) => one.left.length > 0).map((one) => `${one.what} ${one.left.join(", ")} (${one.asked})`);
  const unknown = queries.filter((one) => one.unknown !== undefined).map((one) => `${one.what} (${one.asked}: ${one.unknown})`);
  const parts = [...(left.length > 0 ? [`still there: ${left.join("; ")}`] : []), ...(unknown.length > 0 ? [`nobody could be asked for: ${unknown.join("; ")}`] : [])];
  return parts.length > 0 ? parts.join("; ") : undefined;
}
