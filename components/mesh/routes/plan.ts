import type { Input } from "@pulumi/pulumi";
import type { TrafficPolicy } from "../traffic-policy";
import type { Weights } from "../weights";

/** Where requests go, whichever API says it. */
export interface Destination {
  /** The Kubernetes Service; also the label `app` of its pods. */
  service: string;
  /** Its port. */
  port: number;
  /**
   * All versions there are, by the label `version` of the pods.
   * @default none: the service as a whole
   */
  versions?: readonly string[];
  /**
   * Version → percent; sums to 100 (config.ts has checked it).
   * @default 100 for the first version
   */
  weights?: Weights;
  /** @default the mesh's own: no timeout, two retries, no fault, least requests */
  policy?: TrafficPolicy;
}

/** How calls inside the mesh to one service are routed. */
export interface ServicePlan extends Destination {
  versions: readonly string[];
  /**
   * Signed-in user (header `end-user`) → the version that this user gets, whatever the weights.
   * @default none
   */
  users?: Readonly<Record<string, string>>;
}

/** What the gateway lets in. */
export interface EntryPlan extends Destination {
  /** Name of the Istio Gateway; with the Gateway API the mesh's one gateway has a listener for all. */
  gateway: string;
  /** Name of the VirtualService or HTTPRoute. */
  route: string;
  /** Host names; `*` is any. */
  hosts: readonly string[];
  /** Namespace of the route. Istio's Gateway takes the routes of no other. */
  routesIn: string;
  /**
   * Opens 443 for `hosts`, with the certificate of a Secret (type kubernetes.io/tls) in the gateway's namespace.
   * @default 80 only
   */
  https?: { credentialName: Input<string> };
  /** @default every path */
  paths?: readonly EntryPath[];
}

export type EntryPath = { exact: string } | { prefix: string };

/** An object that routes consist of, as a renderer describes it. */
export interface RouteObject {
  /** Ends the name of the resource. */
  suffix: string;
  /** API version and kind, e.g. `networking.istio.io/v1 VirtualService`. */
  kind: `${string} ${string}`;
  name: string;
  /** @default the namespace of the routes */
  namespace?: string;
  /** For a Service. @default none */
  labels?: Record<string, string>;
  /** @default none */
  annotations?: Record<string, string>;
  spec: Record<string, unknown>;
  /** Suffixes of the objects that must be there before it. */
  after: readonly string[];
}

/** Writes routes as objects of one API. Both functions are pure. */
export interface Renderer {
  service(plan: ServicePlan): RouteObject[];
  entry(plan: EntryPlan): RouteObject[];
}
