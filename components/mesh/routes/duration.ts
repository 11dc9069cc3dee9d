const milliseconds = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

/**
 * A duration of Istio's (`0.5s`, `1m30s`) as the Gateway API writes it: no fractions, each unit once, at most five digits
 * (gateway-api.sigs.k8s.io/geps/gep-2257).
 */
export function duration(istio: string): string {
  const terms = [...istio.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  let rest = Math.round(terms.reduce((sum, [, number, unit]) => sum + Number(number) * milliseconds[unit as keyof typeof milliseconds], 0));
  let text = "";
  for (const [unit, size] of Object.entries(milliseconds)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text || "0s";
}
