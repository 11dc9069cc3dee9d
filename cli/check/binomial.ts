/**
 * The smallest interval [low, high] of successes in `n` draws with chance `p` that leaves at most `outside / 2` on each
 * side. A correct split falls outside only once in `1 / outside` runs. Exact, by the binomial's own terms; a chance of
 * 0 or 1 has no tolerance.
 */
export function binomialInterval(n: number, p: number, outside: number): [low: number, high: number] {
  if (p <= 0) return [0, 0];
  if (p >= 1) return [n, n];
  const terms = Array.from({ length: n + 1 }, (_, k) =>
    Math.exp(logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p)),
  );
  const tail = (order: number[]) => {
    let sum = 0;
    for (const k of order) {
      sum += terms[k]!;
      if (sum > outside / 2) return k;
    }
    return order.at(-1)!;
  };
  const all = terms.map((_, k) => k);
  return [tail(all), tail([...all].reverse())];
}

function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i += 1) sum += Math.log((n - k + i) / i);
  return sum;
}
