import type * as pulumi from "@pulumi/pulumi";
import type { IstioSettings, Settings } from "../../config";
import type { Needs } from "../../kube";
import type { Ingress } from "../cluster/ingress";
import type { CheckSpec } from "../lessons/checks/check";
import type { Istio } from "../mesh/istio";
import type { AddonName } from "./catalog";
import type { KialiSettings, StorageSettings } from "./settings";

/**
 * Everything the lab knows of an addon. Its folder exports one; catalog.ts lists them, and all the rest iterates over that list.
 * Plain data and functions: config.ts and the commands can read it without loading any provider.
 */
export interface AddonDefinition {
  /** Its Service in `istio-system`. */
  readonly service: string;
  /** Port of that Service that a browser, or another addon, talks to. */
  readonly port: number;
  /** Where its pages begin, without a slash at the end; empty for the root. */
  readonly path: string;
  /** Port of localhost at which `npm run open` gives it; that of `istioctl dashboard`. @default it has no pages */
  readonly localPort?: number;
  /** The image behind its Service: by it a check knows whose answer it reads. */
  readonly image: string;
  /** What else it runs. @default nothing */
  readonly besides?: { readonly service: string; readonly image: string };
  /** What its pods request; they have no sidecars. */
  readonly needs: Needs;
  /** What the proxies send to it. @default nothing */
  readonly takes?: "traces" | "logs";
  /** What it proves on a live seat, besides that its pods are ready. */
  checks(settings: Settings): CheckSpec[];
  /** The path of the page that says most of a seat with these lessons. @default where its pages begin */
  page?(lessons: readonly string[]): string | undefined;
  /** Loads its component, and with it Pulumi's Kubernetes SDK. */
  component(): AddonClass;
}

/** What every addon is given. */
export interface AddonArgs {
  /** The mesh it shows. */
  mesh: Istio;
  /** How the cluster is reached from outside. */
  ingress: Ingress;
  /** Name or address of the gateway, for a browser. */
  host: pulumi.Output<string>;
  /** Where addons are, each by its name. */
  addresses: Addresses;
  /** All that are installed: some are wired to others. */
  addons: readonly AddonName[];
  istio: Pick<IstioSettings, "metricRelabelConfigs">;
  kiali: KialiSettings;
  storage: StorageSettings;
}

/** See addresses.ts: it reads the table, and so no component imports it. */
export interface Addresses {
  /** Where another addon in the cluster finds it. */
  clusterUrl(addon: AddonName): string;
  /** What a browser follows while `npm run open` runs; undefined for an addon without pages. */
  browserUrl(addon: AddonName): string | undefined;
}

/** An addon of Istio's, in `istio-system`. */
export interface Addon extends pulumi.ComponentResource {
  /** What a browser on the machine of whoever ran `npm run open` follows; Kiali's own port for Kiali. Undefined: it has no pages. */
  readonly url?: pulumi.Output<string>;
}

export type AddonClass = new (name: string, args: AddonArgs, opts?: pulumi.ComponentResourceOptions) => Addon;
