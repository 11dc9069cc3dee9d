import type { z } from "zod";
import { map, names } from "../config-schema";
import { canaryPlanOf } from "../mesh/canary-plan";
import { weightsOf } from "../mesh/weights";
import { lessonNames, lessonOf } from "./catalog";

/** `istio-lab:lessons`. */
export const lessons = names("lesson", lessonNames)
  .default([...lessonNames])
  .describe("The lessons to install. An empty list is the mesh alone.");

/** `istio-lab:canary`. */
export const canary = byService('{"v1": 50, "v3": 50}', weightsOf).describe(
  "Weights of the versions of a service. A service that is not named sends everything to its first version.",
);

/** `istio-lab:canaryPlan`. */
export const canaryPlan = byService('{"to": "v3", "steps": [10, 50, 100]}', canaryPlanOf).describe(
  "The steps by which `class canary` moves the weights of its seats forward and back. The program makes nothing from it.",
);

/** A map that may have any service with versions. */
function byService<S extends z.ZodType>(
  example: string,
  schemaOf: (service: string, versions: readonly string[]) => S,
) {
  const services = lessonNames.flatMap((name) => Object.entries(lessonOf(name).canary));
  // The type promises an entry for every named service, but a service that the config does not name has none.
  const shape = Object.fromEntries(
    services.map(([service, versions]) => [service, schemaOf(service, versions).optional()]),
  ) as unknown as Record<string, S>;
  const all = services.map(([service]) => service);
  return map(shape, `a map such as {"${all[0]}": ${example}}`)
    .meta({ unknownKey: (shown) => `${shown} is not a service with versions; valid: ${all.join(", ")}` })
    .prefault({});
}
