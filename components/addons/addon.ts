import type * as pulumi from "@pulumi/pulumi";
import type { IstioSettings } from "../../config";
import type { Ingress } from "../cluster/ingress";
import type { Istio } from "../mesh/istio";
import type { AddonName } from "./catalog";
import type { KialiSettings, StorageSettings } from "./settings";

/** What every addon is given. */
export interface AddonArgs {
  /** The mesh it shows. */
  mesh: Istio;
  /** How the cluster is reached from outside. */
  ingress: Ingress;
  /** Name or address of the gateway, for a browser. */
  host: pulumi.Output<string>;
  /** All that are installed: some are wired to others. */
  addons: readonly AddonName[];
  istio: Pick<IstioSettings, "metricRelabelConfigs">;
  kiali: KialiSettings;
  storage: StorageSettings;
}

/** An addon of Istio's, in `istio-system`. */
export interface Addon extends pulumi.ComponentResource {
  /** What a browser on the machine of whoever ran `npm run open` follows; Kiali's own port for Kiali. Undefined: it has no pages. */
  readonly url?: pulumi.Output<string>;
}

export type AddonClass = new (name: string, args: AddonArgs, opts?: pulumi.ComponentResourceOptions) => Addon;
