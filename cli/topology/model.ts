/** A seat as it is at one moment: what the picture shows, and what `--json` prints. */
export interface Topology {
  stack: string;
  /** When it was read, ISO 8601. */
  readAt: string;
  /** The API in which the routes are written; both where somebody mixes them. */
  routes: ("istio" | "gateway-api")[];
  /** Undefined: no gateway runs. */
  gateway?: GatewayView;
  /** In the order of the course, others after them by name. */
  namespaces: NamespaceView[];
  /** What runs in Istio's own namespace. */
  controlPlane: { name: string; pods: Pods }[];
  calls: Call[];
  traffic: Traffic;
}

export interface GatewayView {
  name: string;
  namespace: string;
  /** What the stack says is its address. */
  url: string;
  pods: Pods;
}

export interface Pods {
  ready: number;
  all: number;
}

/** STRICT, PERMISSIVE or DISABLE; what Istio does without a PeerAuthentication is PERMISSIVE. */
export type Mtls = "STRICT" | "PERMISSIVE" | "DISABLE";

export interface NamespaceView {
  name: string;
  mtls: Mtls;
  /** Those that hold for every pod of the namespace. */
  policies: Policy[];
  services: ServiceView[];
}

/** A Service with the pods behind it; or pods without one, which only call others. */
export interface ServiceView {
  name: string;
  /** Undefined: pods that no Service selects. */
  port?: number;
  /** `http`, `grpc` …, by the port's name. */
  protocol?: string;
  /** How requests from outside get here. */
  entries: Entry[];
  versions: VersionView[];
  /** Only where a PeerAuthentication is for these pods alone. */
  mtls?: Mtls;
  /** Those that are for these pods. */
  policies: Policy[];
  /** Faults, timeouts and the like, in a few words each. */
  notes: Note[];
}

export interface Entry {
  hosts: string[];
  /** `/static*` for a prefix; empty for every path. */
  paths: string[];
}

export interface VersionView {
  /** The pods' label `version`; "" for pods without one. */
  name: string;
  /** Percent of the requests by the routes; the weights of a service sum to 100. Undefined: no route chooses. */
  weight?: number;
  pods: Pods;
  /** Pods of it that have no proxy beside them. */
  withoutSidecar: number;
}

export interface Policy {
  name: string;
  action: "ALLOW" | "DENY" | "AUDIT" | "CUSTOM";
  /** Whom it is about, such as `frontend: GET, POST`. */
  rules: string;
}

export interface Note {
  /** A fault is made on purpose, and still what a class should see first. */
  kind: "fault" | "limit" | "user" | "warning";
  text: string;
}

/**
 * Requests from one to another. `measured`: Prometheus counted some within the window. `routed`: a route leads there, and none was counted. `written`: the lesson's apps call so
 * by their own code, and none was counted.
 */
export interface Call {
  from: Caller;
  to: { namespace: string; service: string };
  kind: "measured" | "routed" | "written";
  /** Requests a second. */
  rate?: number;
  /** Of these, how many a second were answered with 4xx: a policy's 403 among them. */
  clientErrors?: number;
  /** Of these, how many a second were answered with 5xx, or not at all. */
  serverErrors?: number;
}

export type Caller = "gateway" | { namespace: string; service: string; version?: string };

/** Where the rates come from, or why there are none. */
export type Traffic =
  | {
      source: "prometheus";
      /** Seconds the rates are taken over. */ window: number;
      /** Undefined: nothing was counted. */ metric?: "istio_requests_total";
      versions: VersionRate[];
    }
  | { source: "none"; reason: string };

/** Requests a second that one version answered. */
export interface VersionRate {
  namespace: string;
  service: string;
  version: string;
  rate: number;
}
