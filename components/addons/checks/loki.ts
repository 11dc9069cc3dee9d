import type { CheckSpec } from "../../lessons/checks/check";
import { addonImages } from "../images";
import { aboutAddon, lesson, showAddon } from "./base";

export function lokiChecks(): CheckSpec[] {
  return [
    {
      kind: "collected-log",
      lesson,
      name: "loki-access-log",
      title: "the gateway's access log comes to Loki",
      about: aboutAddon(["loki", "opentelemetry-collector"], ["logging", "pods", "route"]),
      lookAt: showAddon("app.kubernetes.io/name=loki"),
      images: [addonImages.loki, addonImages.collector],
      path: "/productpage",
      withinSeconds: 12,
    },
  ];
}
