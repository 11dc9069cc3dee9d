import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../base/errors";
import { type CanaryPlan, shareIn } from "../../components/mesh/canary-plan";
import type { Weights } from "../../components/mesh/weights";

/** What a canary needs to know of a seat. */
export interface CanarySeat {
  readonly seat: string;
  readonly canaryPlan: Readonly<Record<string, CanaryPlan>>;
  readonly canary: Readonly<Record<string, Weights>>;
}

const EXAMPLE = "canaryPlan: {reviews: {to: v3, steps: [10, 25, 50, 100]}}";

/**
 * Returns the service to move, and the plan that all seats share for it.
 * @throws UserError where there is no plan, or the seats' plans differ
 */
export function planOf(
  seats: readonly CanarySeat[],
  service: string | undefined,
): { service: string; plan: CanaryPlan } {
  const services = [...new Set(seats.flatMap(({ canaryPlan }) => Object.keys(canaryPlan)))];
  if (services.length === 0)
    throw new UserError(`No seat of the class has a canary plan. In the roster's config, for instance: ${EXAMPLE}`);
  if (service === undefined && services.length > 1)
    throw new UserError(`The class has plans for ${services.join(" and ")}: choose one by --service.`);
  const chosen = service ?? services[0]!;
  if (!services.includes(chosen))
    throw new UserError(
      `--service ${chosen}: no seat has a canary plan for it; there ${services.length === 1 ? "is one" : "are plans"} for ${services.join(", ")}.`,
    );
  const plans = seats.map(({ seat, canaryPlan }) => ({ seat, plan: canaryPlan[chosen] }));
  const { plan } = plans.find((one) => one.plan !== undefined)!;
  const others = plans.filter((one) => !isDeepStrictEqual(one.plan, plan)).map(({ seat }) => seat);
  if (others.length > 0)
    throw new UserError(
      `canaryPlan.${chosen} is not the same for all seats: ${others.join(", ")} ${others.length === 1 ? "has" : "have"} another, or none. A class has one plan: set it in the roster's own config.`,
    );
  return { service: chosen, plan: plan! };
}

/** A seat's position in the plan: the new version's share. Where a third version gets traffic too, its weights. */
export interface CanaryPosition {
  readonly seat: string;
  /** Undefined: the seat's weights do not fit the plan. */
  readonly share?: number;
  readonly weights: Weights;
}

/** @param first the version that gets all traffic where the config has no weights */
export function positionOf(
  seat: string,
  plan: CanaryPlan,
  weights: Weights | undefined,
  first: string,
): CanaryPosition {
  const own = weights ?? { [first]: 100 };
  const share = shareIn(plan, own);
  return { seat, ...(share !== undefined && { share }), weights: own };
}

/**
 * The share that most seats have; on a tie the smaller one, so that no seat moves too far. Undefined where no seat fits
 * the plan.
 */
export function mostAt(positions: readonly CanaryPosition[]): number | undefined {
  const count = new Map<number, number>();
  for (const { share } of positions) if (share !== undefined) count.set(share, (count.get(share) ?? 0) + 1);
  return [...count].sort(([share, seats], [otherShare, others]) => others - seats || share - otherShare)[0]?.[0];
}

/**
 * The share for all seats: the next step after the one most seats have, or the step before it. Before the first step
 * the share is 0. At the last step it stays there, so that the other seats reach it too.
 */
export function targetShare({ steps }: CanaryPlan, positions: readonly CanaryPosition[], to: "next" | "back"): number {
  const at = mostAt(positions) ?? 0;
  if (to === "next") return steps.find((step) => step > at) ?? steps.at(-1)!;
  return steps.findLast((step) => step < at) ?? 0;
}

/** Lists the seats' positions: most of them on one line, the others by name. */
export function positionsText(
  service: string,
  { from, to, steps }: CanaryPlan,
  positions: readonly CanaryPosition[],
): string {
  const most = mostAt(positions);
  const there = positions.filter(({ share }) => share !== undefined && share === most);
  const others = positions.filter((one) => !there.includes(one));
  const groups = new Map<string, string[]>();
  for (const { seat, weights } of others)
    groups.set(weightsText(weights), [...(groups.get(weightsText(weights)) ?? []), seat]);
  const position = [0, ...steps].map((step) => (step === most ? `[${step}]` : String(step))).join(" → ");
  return [
    `${service}: ${to} instead of ${from}, by ${position}${most !== undefined && ![0, ...steps].includes(most) ? ` (now ${most}, between the steps)` : ""}`,
    ...(there.length > 0
      ? [`${count(there.length)} at ${weightsText(there[0]!.weights)}${others.length === 0 ? "; no other" : ""}`]
      : []),
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
