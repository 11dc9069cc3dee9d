import type { AddonDefinition } from "../addon";
import { addonImages } from "../../../versions";
import { prometheusChecks } from "./checks";

/** The metrics of proxies and istiod. */
export const prometheus = {
  service: "prometheus",
  port: 9090,
  path: "",
  localPort: 9090,
  image: addonImages.prometheus,
  needs: { pods: 1, cpu: 50, memory: 128 * 2 ** 20 },
  checks: prometheusChecks,
  component: () => (require("./component") as typeof import("./component")).PrometheusAddon,
} satisfies AddonDefinition;
