/** Each class of latencies is this much wider than the previous one, so percentiles are exact to 1 %. */
const STEP = 1.02;
/** The smallest recorded latency, in milliseconds. Shorter ones count as this. */
const SMALLEST = 0.01;

/**
 * A histogram of latencies in milliseconds. Its size does not grow with the number of requests, so it can record an
 * hour of traffic.
 */
export class Latencies {
  private readonly classes = new Map<number, number>();
  private count = 0;

  add(latency: number): void {
    this.put(Math.round(Math.log(Math.max(latency, SMALLEST) / SMALLEST) / Math.log(STEP)), 1);
  }

  /** Adds everything that another histogram recorded. */
  merge(other: Latencies): void {
    for (const [index, count] of other.classes) this.put(index, count);
  }

  /**
   * Returns the smallest latency that at least `percent` of all requests do not exceed (nearest rank); undefined
   * without any.
   */
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
