import type { Settings } from "../../../config";
import type { CheckSpec } from "../../lessons/checks/check";
import { addonNames, type AddonName } from "../catalog";
import { grafanaChecks } from "./grafana";
import { jaegerChecks } from "./jaeger";
import { kialiChecks } from "./kiali";
import { lokiChecks } from "./loki";
import { podsChecks } from "./pods";
import { prometheusChecks } from "./prometheus";
import { zipkinChecks } from "./zipkin";

const byAddon: Record<AddonName, (settings: Settings) => CheckSpec[]> = {
  prometheus: prometheusChecks,
  jaeger: jaegerChecks,
  zipkin: zipkinChecks,
  loki: lokiChecks,
  grafana: grafanaChecks,
  kiali: kialiChecks,
};

/** What the addons of a seat with these settings have to show: that they run, then one after the other. */
export function addonChecks(settings: Settings): CheckSpec[] {
  return [...podsChecks(settings), ...addonNames.filter((name) => settings.addons.includes(name)).flatMap((name) => byAddon[name](settings))];
}
