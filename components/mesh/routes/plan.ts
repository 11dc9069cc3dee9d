import type { Input } from "@pulumi/pulumi";
import type { TrafficPolicy } from "../traffic-policy";
import type { Weights } from "../weights";

/** Where requests go, independent of the API. */
export interface Destination {
  /** Name of the Kubernetes Service, and value of its pods' label `app`. */
  service: string;
  port: number;
  /** The Service's target port, which the Services of its versions need. @default `http` */
  targetPort?: number | string;
  /**
   * All existing versions, by the pods' label `version`.
   * @default none: the service as a whole
   */
  versions?: readonly string[];
  /**
   * Version → percent. They sum to 100 (config.ts has checked it).
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
   * Signed-in user (header `end-user`) → the version for this user, whatever the weights.
   * @default none
   */
  users?: Readonly<Record<string, string>>;
}

/** Which requests the gateway admits. */
export interface EntryPlan extends Destination {
  /** Name of the Istio Gateway. With the Gateway API, the mesh's one gateway has one listener for all. */
  gateway: string;
  /** Name of the VirtualService or HTTPRoute. */
  route: string;
  /** Host names; `*` is any. */
  hosts: readonly string[];
  /** Namespace of the route. Istio's Gateway accepts routes from no other. */
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

/** An object that belongs to a route, as a renderer describes it. */
export interface RouteObject {
  /** Suffix of the resource's name. */
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
  /** Suffixes of the objects that must exist before it. */
  after: readonly string[];
}

/** Renders routes as objects of one API. Both functions are pure. */
export interface Renderer {
  service(plan: ServicePlan): RouteObject[];
  entry(plan: EntryPlan): RouteObject[];
}
