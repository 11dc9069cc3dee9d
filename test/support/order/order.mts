/** A test file that waits for a lane. */
export interface Waiting {
  readonly file: string;
  /** In seconds, as measured; undefined where the file is new. */
  readonly seconds?: number;
  /** Only one of these can run at a time: they share a seat. */
  readonly shares: boolean;
}

/** A new file counts as this long, in seconds. */
const UNKNOWN = 60;

/**
 * The order in which `lanes` workers take the files, so that none of them is left alone with a long file at the end: longest first. While a file runs that
 * shares a seat, no other of those is begun: it would hold its lane and wait.
 */
export function inOrder(files: readonly Waiting[], lanes: number): string[] {
  const length = ({ seconds = UNKNOWN }: Waiting) => seconds;
  const left = [...files].sort((one, other) => length(other) - length(one) || one.file.localeCompare(other.file));
  // The sharing files are a chain, which is the longest of all.
  const sharing = left.filter(({ shares }) => shares);
  const free = Array.from({ length: lanes }, () => 0);
  let sharedUntil = 0;
  const order: string[] = [];
  while (left.length > 0) {
    const lane = free.indexOf(Math.min(...free));
    const now = free[lane]!;
    const next = (sharedUntil <= now ? sharing[0] : undefined) ?? left.find(({ shares }) => !shares) ?? left[0]!;
    left.splice(left.indexOf(next), 1);
    if (next.shares) {
      sharing.splice(sharing.indexOf(next), 1);
      sharedUntil = Math.max(now, sharedUntil) + length(next);
    }
    free[lane] = next.shares ? sharedUntil : now + length(next);
    order.push(next.file);
  }
  return order;
}
