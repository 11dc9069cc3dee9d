/** Returns the middle value; the mean of the two middle ones where their number is even. @throws where there is none */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error("Nothing was measured: there is no median.");
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  return Number.isInteger(middle) ? (sorted[middle - 1]! + sorted[middle]!) / 2 : sorted[Math.floor(middle)]!;
}

/** A list of measured values, in short. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/**
 * Divides the values round by round. The load of a shared machine changes from round to round, and both values of a
 * round had nearly the same load. @throws where the rounds are not the same number
 */
export function ratios(values: readonly number[], yardstick: readonly number[]): number[] {
  if (values.length !== yardstick.length)
    throw new Error(`${values.length} rounds cannot be compared with ${yardstick.length}.`);
  return values.map((value, round) => value / yardstick[round]!);
}
