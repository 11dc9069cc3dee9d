import { KUBECTL } from "../../../base/advice";
import type { CheckSpec } from "../../lessons/checks/check";
import { systemNamespace } from "../../mesh/system-namespace";
import { addonImages, collectorImage } from "../../../versions";
import { aboutAddon, lesson, showAddon } from "../check-base";

export function lokiChecks(): CheckSpec[] {
  return [
    {
      kind: "collected-log",
      lesson,
      name: "collector-access-log",
      title: "the gateway's access log comes to the collector",
      about: aboutAddon(["opentelemetry-collector"], ["logging", "pods", "route"]),
      lookAt: `${KUBECTL} logs -n ${systemNamespace} deployment/opentelemetry-collector --tail 50`,
      images: [collectorImage],
      from: "collector",
      path: "/productpage",
      withinSeconds: 30,
    },
    {
      kind: "collected-log",
      lesson,
      name: "loki-access-log",
      title: "the gateway's access log comes to Loki",
      about: aboutAddon(["loki", "opentelemetry-collector"], ["logging", "pods", "route"]),
      lookAt: showAddon("app.kubernetes.io/name=loki"),
      images: [addonImages.loki, collectorImage],
      from: "loki",
      path: "/productpage",
      withinSeconds: 30,
    },
  ];
}
