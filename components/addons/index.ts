import * as pulumi from "@pulumi/pulumi";
import { MeshTelemetry } from "../mesh/telemetry";
import type { Addon, AddonArgs } from "./addon";
import * as addresses from "./addresses";
import { addonNames, addonOf, type AddonName } from "./catalog";
import type { TelemetrySettings } from "./settings";

export type { Addon };

/** Addons by name. */
export type Addons = Partial<Record<AddonName, Addon>>;

/** The stack's outputs for installed addons with pages. */
export type AddonUrls = Partial<Record<`${Uppercase<AddonName>}_URL`, pulumi.Output<string>>>;

/** Installs `args.addons`, makes the proxies send them traces and logs, and returns them by name. */
export function makeAddons(
  args: Omit<AddonArgs, "addresses"> & { gateway: pulumi.Resource; telemetry: TelemetrySettings },
  opts: pulumi.ComponentResourceOptions,
): Addons {
  const chosen = addonNames.filter((name) => args.addons.includes(name));
  const made: Addons = Object.fromEntries(
    chosen.map((name) => [name, new (addonOf(name).component())(name, { ...args, addresses }, opts)]),
  );
  const taking = (what: "traces" | "logs") =>
    chosen.filter((name) => addonOf(name).takes === what).map((name) => made[name])[0];
  const [tracing, logging] = [taking("traces"), taking("logs")];
  if (tracing !== undefined || logging !== undefined)
    new MeshTelemetry(
      "telemetry",
      { mesh: args.mesh, gateway: args.gateway, tracing, logging, ...args.telemetry },
      opts,
    );
  return made;
}

/** Returns `KIALI_URL` and the like. */
export function addonUrls(addons: Addons): AddonUrls {
  return Object.fromEntries(
    Object.entries(addons).flatMap(([name, { url }]) =>
      url === undefined ? [] : [[`${name.toUpperCase()}_URL`, url]],
    ),
  );
}
