import type { CanaryPlan } from "../../../components/mesh/canary-plan";
import type { Weights } from "../../../components/mesh/weights";
import { mostAt, type Standing } from "./standing";

/** Where the seats of a class are, most of them in one line, the others by name. */
export function standingText(service: string, { from, to, steps }: CanaryPlan, standings: readonly Standing[]): string {
  const most = mostAt(standings);
  const there = standings.filter(({ share }) => share !== undefined && share === most);
  const others = standings.filter((one) => !there.includes(one));
  const groups = new Map<string, string[]>();
  for (const { seat, weights } of others) groups.set(weightsText(weights), [...(groups.get(weightsText(weights)) ?? []), seat]);
  const position = [0, ...steps].map((step) => (step === most ? `[${step}]` : String(step))).join(" → ");
  return [
    `${service}: ${to} in the place of ${from}, by ${position}${most !== undefined && ![0, ...steps].includes(most) ? ` (now ${most}, between the steps)` : ""}`,
    ...(there.length > 0 ? [`${count(there.length)} at ${weightsText(there[0]!.weights)}${others.length === 0 ? "; no other" : ""}`] : []),
    ...[...groups].map(([weights, seats]) => `${weights}: ${seats.join(", ")}`),
  ].join("\n");
}

/** `v1 75, v3 25` */
export function weightsText(weights: Weights): string {
  return Object.entries(weights)
    .filter(([, weight]) => weight > 0)
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([version, weight]) => `${version} ${weight}`)
    .join(", ");
}

export function count(seats: number): string {
  return seats === 1 ? "1 seat" : `${seats} seats`;
}
