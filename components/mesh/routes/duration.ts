import { milliseconds, unitMilliseconds } from "../traffic-policy";

/**
 * Converts an Istio duration (`0.5s`, `1m30s`) to the Gateway API's form: no fractions, each unit once, at most five
 * digits (gateway-api.sigs.k8s.io/geps/gep-2257).
 */
export function duration(istio: string): string {
  let rest = Math.round(milliseconds(istio));
  let text = "";
  for (const [unit, size] of Object.entries(unitMilliseconds)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text || "0s";
}
