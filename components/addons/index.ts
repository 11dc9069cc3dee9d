import * as pulumi from "@pulumi/pulumi";
import { MeshTelemetry } from "../mesh/telemetry";
import type { Addon, AddonArgs, AddonClass } from "./addon";
import { addonNames, type AddonName } from "./catalog";
import { GrafanaAddon } from "./grafana";
import { JaegerAddon } from "./jaeger";
import { KialiAddon } from "./kiali";
import { LokiAddon } from "./loki";
import { PrometheusAddon } from "./prometheus";
import type { TelemetrySettings } from "./settings";
import { ZipkinAddon } from "./zipkin";

export type { Addon };

/** Addons by name. */
export type Addons = Partial<Record<AddonName, Addon>>;

/** The outputs of a stack, of what is installed and has pages. */
export type AddonUrls = Partial<Record<`${Uppercase<AddonName>}_URL`, pulumi.Output<string>>>;

/** The component of each entry of the catalog. */
const classes: Record<AddonName, AddonClass> = {
  prometheus: PrometheusAddon,
  jaeger: JaegerAddon,
  zipkin: ZipkinAddon,
  loki: LokiAddon,
  grafana: GrafanaAddon,
  kiali: KialiAddon,
};

/** Installs `args.addons` with what makes the proxies send them traces and logs, and returns them by name. */
export function makeAddons(args: AddonArgs & { gateway: pulumi.Resource; telemetry: TelemetrySettings }, opts: pulumi.ComponentResourceOptions): Addons {
  const chosen = addonNames.filter((name) => args.addons.includes(name));
  const made: Addons = Object.fromEntries(chosen.map((name) => [name, new classes[name](name, args, opts)]));
  const [tracing, logging] = [made.jaeger ?? made.zipkin, made.loki];
  if (tracing !== undefined || logging !== undefined) new MeshTelemetry("telemetry", { mesh: args.mesh, gateway: args.gateway, tracing, logging, ...args.telemetry }, opts);
  return made;
}

/** `KIALI_URL` and the like. */
export function addonUrls(addons: Addons): AddonUrls {
  return Object.fromEntries(Object.entries(addons).flatMap(([name, { url }]) => (url === undefined ? [] : [[`${name.toUpperCase()}_URL`, url]])));
}
