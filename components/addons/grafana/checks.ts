import type { Settings } from "../../../config";
import type { CheckSpec } from "../../lessons/checks/check";
import { addonImages } from "../../../versions";
import { aboutAddon, lesson, showAddon } from "../check-base";

export function grafanaChecks({ addons }: Settings): CheckSpec[] {
  return [
    {
      kind: "dashboards",
      lesson,
      name: "grafana-dashboards",
      title: "Grafana has Istio's dashboards, and what they show",
      about: aboutAddon(["grafana"], ["dashboards", "pods", "route"]),
      lookAt: showAddon("app.kubernetes.io/name=grafana"),
      images: [addonImages.grafana],
      dataSources: [
        ...(addons.includes("prometheus") ? ["Prometheus"] : []),
        ...(addons.includes("loki") ? ["Loki"] : []),
      ],
      dashboards: [
        "Istio Mesh Dashboard",
        "Istio Service Dashboard",
        "Istio Workload Dashboard",
        "Istio Performance Dashboard",
        "Istio Control Plane Dashboard",
      ],
    },
  ];
}
