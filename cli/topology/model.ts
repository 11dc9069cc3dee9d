/** A seat at one moment: what the picture shows, and what `--json` prints. */
export interface Topology {
  stack: string;
  /** When it was read, ISO 8601. */
  readAt: string;
  /** The API of the routes; both where they are mixed. */
  routes: ("istio" | "gateway-api")[];
  /** Undefined where no gateway runs. */
  gateway?: GatewayView;
  /** In the order of the course, then others by name. */
  namespaces: NamespaceView[];
  /** The workloads in Istio's own namespace. */
  controlPlane: { name: string; pods: Pods }[];
  calls: Call[];
  traffic: Traffic;
}

export interface GatewayView {
  name: string;
  namespace: string;
  /** Its address according to the stack. */
  url: string;
  pods: Pods;
}

export interface Pods {
  ready: number;
  all: number;
}

/** STRICT, PERMISSIVE or DISABLE. Without a PeerAuthentication, Istio's mode is PERMISSIVE. */
export type Mtls = "STRICT" | "PERMISSIVE" | "DISABLE";

export interface NamespaceView {
  name: string;
  mtls: Mtls;
  /** The policies for every pod of the namespace. */
  policies: Policy[];
  services: ServiceView[];
}

/** A Service with its pods; or pods without a Service, which only call others. */
export interface ServiceView {
  name: string;
  /** Undefined for pods that no Service selects. */
  port?: number;
  /** `http`, `grpc` …, from the port's name. */
  protocol?: string;
  /** How requests from outside reach this service. */
  entries: EntryMatch[];
  versions: VersionView[];
  /** Set only where a PeerAuthentication selects these pods. */
  mtls?: Mtls;
  /** The policies that select these pods. */
  policies: Policy[];
  /** Faults, timeouts and similar settings, each in a few words. */
  notes: Note[];
}

export interface EntryMatch {
  hosts: string[];
  /** `/static*` for a prefix; empty where every path matches. */
  paths: string[];
}

export interface VersionView {
  /** The pods' label `version`; "" for pods without one. */
  name: string;
  /** The percentage of requests by the routes; a service's weights sum to 100. Undefined where no route chooses. */
  weight?: number;
  pods: Pods;
  /** How many of its pods have no proxy. */
  withoutSidecar: number;
}

export interface Policy {
  name: string;
  action: "ALLOW" | "DENY" | "AUDIT" | "CUSTOM";
  /** Who is allowed or denied what, such as `frontend: GET, POST`. */
  rules: string;
}

export interface Note {
  /** A fault is intended, but a class should see it first. */
  kind: "fault" | "limit" | "user" | "warning";
  text: string;
}

/**
 * Requests from a caller to a service. `measured`: Prometheus counted some within the window. `routed`: a route leads
 * there, but none was counted. `written`: the code of the lesson's apps makes this call, but none was counted.
 */
export interface Call {
  from: Caller;
  to: { namespace: string; service: string };
  kind: "measured" | "routed" | "written";
  /** Requests per second. */
  rate?: number;
  /** How many of them per second got a 4xx answer, such as a policy's 403. */
  clientErrors?: number;
  /** How many of them per second got a 5xx answer or none. */
  serverErrors?: number;
}

export type Caller = "gateway" | { namespace: string; service: string; version?: string };

/** The source of the rates, or why there are none. */
export type Traffic =
  | {
      source: "prometheus";
      /** How many seconds the rates cover. */ window: number;
      /** Undefined where nothing was counted. */ metric?: "istio_requests_total";
      versions: VersionRate[];
    }
  | { source: "none"; reason: string };

/** Requests per second that one version answered. */
export interface VersionRate {
  namespace: string;
  service: string;
  version: string;
  rate: number;
}
