import { numberIn, type Given } from "../given";
import type { Weights } from "./weights";

/** How a service goes from one version to another. */
export interface CanaryPlan {
  /** @default the first version */
  readonly from: string;
  readonly to: string;
  /** Percent of the traffic that `to` gets, step by step; what is left goes to `from`. */
  readonly steps: readonly number[];
}

/** Reads the plan of `service` with `versions`. */
export function readPlan(service: string, versions: readonly string[], given: Given): CanaryPlan {
  const valid = `a map such as {"to": "${versions.at(-1)}", "steps": [10, 25, 50, 100]}`;
  const { from, to, steps } = given.fields(["from", "to", "steps"], valid);
  if (!given.isSet) given.refuse(() => `is not set; valid is ${valid}`);
  const plan = { from: from.choice("version", versions) ?? versions[0]!, to: to.needed.choice("version", versions), steps: readSteps(steps) };
  if (plan.from === plan.to) (from.isSecret ? to.concealed : to).refuse(`${service} would go from ${plan.from} to ${plan.to}; name two versions of ${versions.join(", ")}`, `another version than from, of ${versions.join(", ")}`);
  return plan;
}

function readSteps(given: Given): readonly number[] {
  const valid = "valid are whole numbers from 1 to 100, each more than the one before, such as [10, 25, 50, 100]";
  if (!given.isSet) return given.refuse(() => `is not set; ${valid}`) ?? [];
  if (!Array.isArray(given.value) || given.value.length === 0) return given.refuse((shown) => `${shown} is no list of steps; ${valid}`) ?? [];
  const steps = given.value.map((step) => numberIn(step, true));
  steps.forEach((step, index) => {
    const right = typeof step === "number" && Number.isInteger(step) && step >= 1 && step <= 100;
    if (!right) given.item(index).refuse((shown) => `${shown} is no step; ${valid}`);
    else if (index > 0 && step <= (steps[index - 1] as number)) given.item(index).refuse(`${step} is not more than ${steps[index - 1]}, the step before; ${valid}`, valid.replace("valid are ", ""));
  });
  return steps as number[];
}

/** The weights when `to` gets this share. */
export function weightsAt({ from, to }: CanaryPlan, share: number): Weights {
  return { [from]: 100 - share, [to]: share };
}

/** The share of `to` in these weights; undefined where a version of neither end has some of the traffic. */
export function shareIn({ from, to }: CanaryPlan, weights: Weights): number | undefined {
  const share = weights[to] ?? 0;
  return share + (weights[from] ?? 0) === 100 ? share : undefined;
}
