/** A test file that waits for a worker (a lane). */
export interface Waiting {
  readonly file: string;
  /** The measured duration in seconds; undefined for a new file. */
  readonly seconds?: number;
  /** Files that share a seat run one at a time. */
  readonly shares: boolean;
}

/** The assumed duration of a new file, in seconds. */
const UNKNOWN = 60;

/**
 * Returns the order in which `lanes` workers take the files. The longest come first, so that no worker is left alone
 * with a long file at the end. Files that share a seat do not overlap, because the second one would occupy its worker
 * while it waits.
 */
export function inOrder(files: readonly Waiting[], lanes: number): string[] {
  const length = ({ seconds = UNKNOWN }: Waiting) => seconds;
  const left = [...files].sort((one, other) => length(other) - length(one) || one.file.localeCompare(other.file));
  // The files that share a seat run one after another, and together they take longest.
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
