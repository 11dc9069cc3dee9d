import type * as pulumi from "@pulumi/pulumi";
import type { IstioSettings, Settings } from "../../config";
import type { Needs } from "../../kube";
import type { Ingress } from "../cluster/ingress";
import type { CheckSpec } from "../lessons/checks/check";
import type { Istio } from "../mesh/istio";
import type { AddonName } from "./catalog";
import type { KialiSettings, StorageSettings } from "./settings";

/**
 * Everything the lab knows about an addon. Each addon's folder exports one, and catalog.ts lists them. It is plain
 * data and functions, so that config.ts and the commands can read it without any provider.
 */
export interface AddonDefinition {
  /** Its Service in `istio-system`. */
  readonly service: string;
  /** Port of that Service for a browser, or for another addon. */
  readonly port: number;
  /** Path at which its pages begin, without a slash at the end. Empty for the root. */
  readonly path: string;
  /**
   * Port of localhost at which `npm run open` serves it, the same as with `istioctl dashboard`. @default it has no
   * pages
   */
  readonly localPort?: number;
  /** The image behind its Service. A check recognises by it whose answer it reads. */
  readonly image: string;
  /** Another Service that it runs. @default none */
  readonly besides?: { readonly service: string; readonly image: string };
  /** What its pods request. They have no sidecars. */
  readonly needs: Needs;
  /** What it receives from the proxies. @default nothing */
  readonly takes?: "traces" | "logs";
  /** Returns what it proves on a live seat, besides that its pods are ready. */
  checks(settings: Settings): CheckSpec[];
  /** Returns the path of the page that shows most about a seat with these lessons. @default where its pages begin */
  page?(lessons: readonly string[]): string | undefined;
  /** Loads its component, and with it Pulumi's Kubernetes SDK. */
  component(): AddonClass;
}

/** Arguments of every addon's component. */
export interface AddonArgs {
  /** The mesh that it shows. */
  mesh: Istio;
  /** How the cluster is reached from outside. */
  ingress: Ingress;
  /** Name or address of the gateway, for a browser. */
  host: pulumi.Output<string>;
  /** Looks up the addresses of addons by name. */
  addresses: Addresses;
  /** All installed addons. Some are connected to others. */
  addons: readonly AddonName[];
  istio: Pick<IstioSettings, "metricRelabelConfigs">;
  kiali: KialiSettings;
  storage: StorageSettings;
}

/** Implemented by addresses.ts. That module reads the catalog, so no component may import it. */
export interface Addresses {
  /** Returns the URL for another addon in the cluster. */
  clusterUrl(addon: AddonName): string;
  /** Returns the URL for a browser while `npm run open` runs. Undefined for an addon without pages. */
  browserUrl(addon: AddonName): string | undefined;
}

/** One of Istio's addons, in `istio-system`. */
export interface Addon extends pulumi.ComponentResource {
  /**
   * URL for a browser on the machine that runs `npm run open`; for Kiali, its own port. Undefined: it has no pages.
   */
  readonly url?: pulumi.Output<string>;
}

export type AddonClass = new (name: string, args: AddonArgs, opts?: pulumi.ComponentResourceOptions) => Addon;
