import type { AddonDefinition } from "../addon";
import { addonImages } from "../../../versions";
import { grafanaChecks } from "./checks";

/** Istio's dashboards. */
export const grafana = {
  service: "grafana",
  port: 3000,
  path: "",
  localPort: 3000,
  image: addonImages.grafana,
  needs: { pods: 1, cpu: 20, memory: 96 * 2 ** 20 },
  checks: grafanaChecks,
  component: () => (require("./component") as typeof import("./component")).GrafanaAddon,
} satisfies AddonDefinition;
