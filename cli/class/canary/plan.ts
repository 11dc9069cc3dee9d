import { isDeepStrictEqual } from "node:util";
import type { CanaryPlan } from "../../../components/mesh/canary-plan";
import type { Weights } from "../../../components/mesh/weights";
import { UserError } from "../../../base/errors";

/** A seat, as far as a canary goes. */
export interface CanarySeat {
  readonly seat: string;
  readonly canaryPlan: Readonly<Record<string, CanaryPlan>>;
  readonly canary: Readonly<Record<string, Weights>>;
}

const EXAMPLE = "canaryPlan: {reviews: {to: v3, steps: [10, 25, 50, 100]}}";

/** The service that is meant, and the plan that all seats have for it. @throws UserError where there is none, or seats have different ones */
export function planOf(seats: readonly CanarySeat[], service: string | undefined): { service: string; plan: CanaryPlan } {
  const services = [...new Set(seats.flatMap(({ canaryPlan }) => Object.keys(canaryPlan)))];
  if (services.length === 0) throw new UserError(`No seat of the class has a canary plan. In the roster's config, for instance: ${EXAMPLE}`);
  if (service === undefined && services.length > 1) throw new UserError(`The class has plans for ${services.join(" and ")}: say of which by --service.`);
  const chosen = service ?? services[0]!;
  if (!services.includes(chosen)) throw new UserError(`--service ${chosen}: no seat has a canary plan for it; there ${services.length === 1 ? "is one" : "are plans"} for ${services.join(", ")}.`);
  const plans = seats.map(({ seat, canaryPlan }) => ({ seat, plan: canaryPlan[chosen] }));
  const { plan } = plans.find((one) => one.plan !== undefined)!;
  const others = plans.filter((one) => !isDeepStrictEqual(one.plan, plan)).map(({ seat }) => seat);
  if (others.length > 0) throw new UserError(`canaryPlan.${chosen} is not the same for all seats: ${others.join(", ")} ${others.length === 1 ? "has" : "have"} another, or none. A class goes by one plan: set it in the roster's own config.`);
  return { service: chosen, plan: plan! };
}
