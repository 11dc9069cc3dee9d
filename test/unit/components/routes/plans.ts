import fc from "fast-check";
import type { ServicePlan } from "../../../../components/mesh/routes/plan";
import type { TrafficPolicy } from "../../../../components/mesh/traffic-policy";
import { anySplit } from "../splits";

const versions = ["v1", "v2", "v3"];
const user = fc.constantFrom("jason", "anna", "tom");
const users = fc.dictionary(user, fc.constantFrom(...versions), { maxKeys: 3 });
const fault = fc.record(
  {
    abort: fc.record({ httpStatus: fc.integer({ min: 200, max: 599 }), percentage: fc.integer({ min: 0, max: 100 }) }),
    user,
  },
  { requiredKeys: ["abort"] },
);

/** Any service with weights, and with or without users and faults of one user or all. */
export const anyPlan: fc.Arbitrary<ServicePlan> = anyPlanWith(
  fc.record({ timeout: fc.constant("1s"), fault }, { requiredKeys: [] }),
);

/** Likewise, asking only for what an HTTPRoute can say. */
export const anyPlainPlan: fc.Arbitrary<ServicePlan> = anyPlanWith(
  fc.record({ timeout: fc.constant("1s") }, { requiredKeys: [] }),
);

function anyPlanWith(policy: fc.Arbitrary<TrafficPolicy>): fc.Arbitrary<ServicePlan> {
  return fc
    .record({
      weights: anySplit(versions),
      users: fc.option(users, { nil: undefined }),
      policy: fc.option(policy, { nil: undefined }),
    })
    .map((asked) => ({ service: "reviews", port: 9080, versions, ...asked }));
}
