import type { AddonDefinition } from "../addon";
import { addonImages } from "../../../versions";
import { traceCheck } from "../trace-check";

/** The proxies' traces, as an alternative to Jaeger. */
export const zipkin = {
  service: "tracing",
  port: 80,
  path: "/zipkin",
  localPort: 9411,
  image: addonImages.zipkin,
  needs: { pods: 1, cpu: 20, memory: 128 * 2 ** 20 },
  takes: "traces",
  checks: (settings) => [traceCheck("zipkin", settings)],
  component: () => (require("./component") as typeof import("./component")).ZipkinAddon,
} satisfies AddonDefinition;
