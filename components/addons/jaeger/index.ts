import type { AddonDefinition } from "../addon";
import { addonImages } from "../../../versions";
import { traceCheck } from "../trace-check";

/** The proxies' traces. */
export const jaeger = {
  service: "tracing",
  port: 80,
  path: "/jaeger",
  localPort: 16686,
  image: addonImages.jaeger,
  needs: { pods: 1, cpu: 20, memory: 64 * 2 ** 20 },
  takes: "traces",
  checks: (settings) => [traceCheck("jaeger", settings)],
  component: () => (require("./component") as typeof import("./component")).JaegerAddon,
} satisfies AddonDefinition;
