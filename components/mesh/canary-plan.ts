import type { z } from "zod";
import { choice, list, map, number, withRule, type Immutable } from "../config-schema";
import type { Weights } from "./weights";

/** How a service's traffic moves from one version to another. */
export type CanaryPlan = Immutable<z.infer<ReturnType<typeof canaryPlanOf>>>;

/** Returns the schema of the plan for `service` with `versions`. */
export function canaryPlanOf(service: string, versions: readonly string[]) {
  const plan = map(
    {
      from: choice("version", versions)
        .default(versions[0]!)
        .describe("The version that gets the rest of the traffic."),
      to: choice("version", versions).describe("The version that the traffic goes to."),
      steps: steps
        .default([])
        .describe("Percent of the traffic that `to` gets, step by step.")
        .meta({ otherwise: "required" }),
    },
    `a map such as {"to": "${versions.at(-1)}", "steps": [10, 25, 50, 100]}`,
  );
  return withRule(plan, ({ from, to }, report) => {
    report(["steps"], { missing: true });
    if (from !== to) return;
    const text = `${service} would go from ${from} to ${to}; name two versions of ${versions.join(", ")}`;
    report(["to"], text, { valid: `another version than from, of ${versions.join(", ")}`, quotes: ["from"] });
  }).describe(`How ${service} goes from one version to another.`);
}

const STEPS = "whole numbers from 1 to 100, each more than the one before, such as [10, 25, 50, 100]";

const step = number({ from: 1, to: 100, whole: true }).meta({
  says: { wrong: `is not a step; valid are ${STEPS}`, missing: "" },
});

const steps = withRule(
  list(step, STEPS)
    .nonempty()
    .meta({ says: { wrong: `is not a list of steps; valid are ${STEPS}`, missing: `valid are ${STEPS}` } }),
  (steps, report) => {
    steps.forEach((step, index) => {
      const before = steps[index - 1];
      if (typeof before === "number" && Number.isInteger(step) && step >= 1 && step <= 100 && step <= before)
        report([index], `${step} is not more than ${before}, the step before; valid are ${STEPS}`, { valid: STEPS });
    });
  },
);

/** Returns the weights at which `to` gets this share. */
export function weightsAt({ from, to }: CanaryPlan, share: number): Weights {
  return { [from]: 100 - share, [to]: share };
}

/** Returns the share of `to` in these weights. Undefined where other versions get some of the traffic. */
export function shareIn({ from, to }: CanaryPlan, weights: Weights): number | undefined {
  const share = weights[to] ?? 0;
  return share + (weights[from] ?? 0) === 100 ? share : undefined;
}
