/**
 * Converts weights into whole percentages that sum to 100. In both APIs a weight is a share of the sum. The percent
 * that rounding leaves go to the largest remainders. Undefined where all weights are 0: Envoy then answers 503 or
 * 500.
 */
export function sharesOf(weights: readonly (readonly [string, number])[]): Map<string, number> | undefined {
  const parts = new Map<string, number>();
  for (const [version, weight] of weights) parts.set(version, (parts.get(version) ?? 0) + weight);
  const sum = [...parts.values()].reduce((total, weight) => total + weight, 0);
  if (!(sum > 0)) return undefined;
  const exact = [...parts].map(([version, weight]) => ({ version, percent: (weight / sum) * 100 }));
  const left = 100 - exact.reduce((total, { percent }) => total + Math.floor(percent), 0);
  const first = new Set(
    [...exact]
      .sort((a, b) => (b.percent % 1) - (a.percent % 1))
      .slice(0, left)
      .map(({ version }) => version),
  );
  return new Map(exact.map(({ version, percent }) => [version, Math.floor(percent) + (first.has(version) ? 1 : 0)]));
}
