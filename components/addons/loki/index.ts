import type { AddonDefinition } from "../addon";
import { addonImages, collectorImage } from "../../../versions";
import { lokiChecks } from "./checks";

/** Access logs of all proxies, received and passed on by a collector. */
export const loki = {
  service: "loki",
  port: 3100,
  path: "",
  image: addonImages.loki,
  besides: { service: "opentelemetry-collector", image: collectorImage },
  needs: { pods: 2, cpu: 30, memory: 144 * 2 ** 20 },
  takes: "logs",
  checks: lokiChecks,
  component: () => (require("./component") as typeof import("./component")).LokiAddon,
} satisfies AddonDefinition;
