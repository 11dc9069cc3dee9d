import type { z } from "zod";
import { choice, validated, map, type Immutable } from "../../config-schema";
import { SEAT_RANGES, seatRangeProblem } from "../../../base/seat-range";

export type EmbeddedSettings = Immutable<z.infer<typeof embedded>>;

export const serviceTypes = ["NodePort", "ClusterIP"] as const;

/** `istio-lab:embedded`. */
export const embedded = map(
  {
    addressRange: validated<string>(SEAT_RANGES, (value) => {
      const problem = seatRangeProblem(value);
      return problem === undefined ? undefined : ({ shown }) => `${shown} ${problem}`;
    })
      .optional()
      .describe("Between this machine and the seat, in private space.")
      .meta({ otherwise: "the lowest free one" }),
    serviceType: choice("type of the gateway's Service", serviceTypes)
      .default("NodePort")
      .describe("Type of the gateway's Service. A ClusterIP is reached by `kubectl port-forward`, at localhost."),
  },
  "a map",
)
  .prefault({})
  .describe("For target embedded: the seat's addresses, and how the gateway is reached.");
