/** Each class of latencies is this much wider than the one before: percentiles are right within 1 %. */
const STEP = 1.02;
/** Anything quicker counts as this, in milliseconds. */
const SMALLEST = 0.01;

/** Latencies in milliseconds by how often they were seen. Its size does not grow with their number, so an hour of traffic is no matter. */
export class Latencies {
  private readonly classes = new Map<number, number>();
  private count = 0;

  add(latency: number): void {
    this.put(Math.round(Math.log(Math.max(latency, SMALLEST) / SMALLEST) / Math.log(STEP)), 1);
  }

  /** Takes over all that another has seen. */
  merge(other: Latencies): void {
    for (const [index, count] of other.classes) this.put(index, count);
  }

  /** The smallest latency that at least `percent` of all do not exceed (nearest rank); undefined while there are none. */
  percentile(percent: number): number | undefined {
    const rank = Math.max(1, Math.ceil((percent / 100) * this.count));
    let seen = 0;
    for (const [index, count] of [...this.classes].sort(([a], [b]) => a - b)) {
      seen += count;
      if (seen >= rank) return SMALLEST * STEP ** index;
    }
    return undefined;
  }

  private put(index: number, count: number): void {
    this.classes.set(index, (this.classes.get(index) ?? 0) + count);
    this.count += count;
  }
}
