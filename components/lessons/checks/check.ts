import type { Weights } from "../../mesh/weights";

/** One thing a lesson proves on a live seat, as pure data. What is sent and how it is judged is the probe's of the same `kind` (cli/check/probes). */
export type CheckSpec = CheckBase & CheckKind;

export interface CheckBase {
  /** Unique among all checks, and the same for ever: reports are compared by it. */
  readonly name: string;
  /** The name of the lesson that proves it; `addons` for what the dashboards have to show. */
  readonly lesson: string;
  /** What is proved, in words for the table: `every pod has its sidecar`. */
  readonly title: string;
  readonly about: About;
  /** The command that shows the matter to a person, when no cause was found. */
  readonly lookAt: string;
  /** Images whose programs give the answer: where one of them is a stand-in, the row says so. */
  readonly images: readonly string[];
  /**
   * Why the check says nothing under the settings of the stack, in a sentence (a configured fault, no Istio API).
   * @default the check applies
   */
  readonly notApplicable?: string;
}

/** Where a failure's cause is to be looked for. */
export interface About {
  readonly namespace: string;
  /** Namespaces besides, whose services the check's requests pass through. */
  readonly beyond?: readonly string[];
  /** Services, or apps without a Service, that the check talks to; the caller among them. */
  readonly services: readonly string[];
  readonly aspects: readonly Aspect[];
}

/** A part of the mesh that a check depends on. */
export type Aspect =
  | "pods"
  | "sidecar"
  | "mtls"
  | "identity"
  | "gateway"
  | "route"
  | "split"
  | "policy"
  | "authorization"
  | "protocol"
  | "certificate"
  | "storage"
  | "tracing"
  | "metrics"
  | "logging"
  | "rights"
  | "dashboards";

export type CheckKind =
  | PodsCheck
  | LogCheck
  | PeerCheck
  | PlaintextCheck
  | AnswerCheck
  | SplitCheck
  | VersionsCheck
  | UserCheck
  | FaultCheck
  | ProxyRouteCheck
  | GrpcCheck
  | AccessCheck
  | HttpsCheck
  | ClaimCheck
  | AddonPodsCheck
  | NodePortCheck
  | RightsCheck
  | MetricsCheck
  | TraceCheck
  | DashboardsCheck
  | CollectedLogCheck;

/** Who sends a request inside the cluster: an app of a lesson, or one of the two pods that `check` makes. */
export type Caller =
  { readonly namespace: string; readonly app: string; readonly container: string } | "stranger" | "outsider";

/** Every app has its pods ready, each with istio-init and istio-proxy. */
export interface PodsCheck {
  readonly kind: "pods";
  readonly apps: readonly { readonly app: string; readonly version: string; readonly pods: number }[];
}

/** The next thing that an app writes into its log. */
export interface LogCheck {
  readonly kind: "log";
  readonly app: string;
  readonly container: string;
  readonly line: string;
  /** How long a new line may take to come. */
  readonly withinSeconds: number;
}

/** A service that echoes headers sees who called, in X-Forwarded-Client-Cert. */
export interface PeerCheck {
  readonly kind: "peer";
  readonly from: Caller;
  readonly url: string;
  /** The caller's SPIFFE id. */
  readonly spiffe: string;
}

/** Plaintext from a pod without a sidecar is refused (STRICT) or taken (PERMISSIVE). */
export interface PlaintextCheck {
  readonly kind: "plaintext";
  readonly urls: readonly string[];
  readonly mtls: "STRICT" | "PERMISSIVE";
}

/** Requests through GATEWAY_URL with the answer each must get. */
export interface AnswerCheck {
  readonly kind: "answer";
  readonly cases: readonly AnswerCase[];
}

export interface AnswerCase {
  readonly path: string;
  /** @default the gateway's own address */
  readonly host?: string;
  readonly status: number;
  /**
   * What the body holds: a text that is in it, or JSON that it is (arrays and objects may have more than is named).
   * @default anything
   */
  readonly body?: { readonly text: string } | { readonly json: unknown };
  /** What is asked for, in a few words: `150 °C → K`. */
  readonly words: string;
}

/** Where requests through the gateway go to, over many of them. */
export interface SplitCheck {
  readonly kind: "split";
  readonly path: string;
  readonly host?: string;
  readonly service: string;
  /** Finds the version in the answer's body: a regular expression with one group. */
  readonly version: string;
  /** Shares to be met, versions without traffic included as 0. */
  readonly weights: Weights;
  readonly requests: number;
  /** The chance that right weights yield a split that passes. */
  readonly confidence: number;
  /** Some answers may fail, because the config injects a fault: only the others are counted. */
  readonly faulty?: boolean;
}

/** Every version's pod, asked by itself, answers as that version does: colour of the stars, or none. */
export interface VersionsCheck {
  readonly kind: "versions";
  readonly app: string;
  readonly port: number;
  readonly path: string;
  readonly colours: Readonly<Record<string, string | null>>;
}

/** A person who signs in at productpage is always sent to one version. */
export interface UserCheck {
  readonly kind: "user";
  readonly user: string;
  readonly path: string;
  readonly version: string;
  readonly to: string;
  readonly requests: number;
}

/** The configured fault meets the configured share of the requests. */
export interface FaultCheck {
  readonly kind: "fault";
  readonly service: string;
  /** Called by the stranger inside the mesh; undefined: through the gateway. */
  readonly url?: string;
  readonly path: string;
  /** Header end-user of the requests. */
  readonly user?: string;
  readonly abort?: { readonly httpStatus: number; readonly percentage: number };
  readonly delay?: { readonly seconds: number; readonly percentage: number };
  readonly confidence: number;
}

/** The proxy of a caller holds the configured policy for a service: what cannot be provoked by a request. */
export interface ProxyRouteCheck {
  readonly kind: "proxy-route";
  readonly service: string;
  /** Whose proxy: the stranger's, or the gateway's. */
  readonly proxy: "stranger" | "gateway";
  readonly host: string;
  readonly port: number;
  readonly timeoutSeconds?: number;
  readonly retries?: { readonly attempts: number; readonly perTryTimeoutSeconds?: number; readonly retryOn?: string };
  readonly loadBalancer?: "ROUND_ROBIN" | "LEAST_REQUEST" | "RANDOM";
}

/** A request through the gateway makes a call between two apps that is gRPC: HTTP/2, and mTLS with the caller's identity. */
export interface GrpcCheck {
  readonly kind: "grpc";
  /** The request that causes the call. */
  readonly path: string;
  /** The app that is called; its proxy's access log tells. */
  readonly app: string;
  readonly spiffe: string;
}

/** What callers with different identities are answered. */
export interface AccessCheck {
  readonly kind: "access";
  readonly cases: readonly {
    readonly from: Caller;
    readonly method: string;
    readonly url: string;
    readonly status: number;
    readonly words: string;
  }[];
}

/** The gateway answers HTTPS for a host, with a certificate for it. */
export interface HttpsCheck {
  readonly kind: "https";
  readonly host: string;
  readonly path: string;
  readonly body: string;
  /**
   * SHA-256 of the certificate that the config gives (`AB:CD:…`).
   * @default any that names the host and is valid now
   */
  readonly fingerprint?: string;
}

/** The claim without a class has got the cluster's default one. */
export interface ClaimCheck {
  readonly kind: "claim";
  readonly claim: string;
}

/** The pods behind each addon's Service are ready. */
export interface AddonPodsCheck {
  readonly kind: "addon-pods";
  readonly services: readonly string[];
}

/** Kiali answers from outside the cluster, at KIALI_URL, with this and nothing else. */
export interface NodePortCheck {
  readonly kind: "node-port";
  readonly status: number;
  /** The whole body, but for blank lines at its end. */
  readonly body: string;
}

/** A ServiceAccount may change nothing: no role that is bound to it has a verb that writes, and the API server says no when it is asked. */
export interface RightsCheck {
  readonly kind: "rights";
  readonly namespace: string;
  readonly serviceAccount: string;
  /** What it may do, though the verb writes: `create tokenreviews` asks who somebody is, and makes nothing. */
  readonly except: readonly { readonly verb: string; readonly resource: string }[];
  /** What the API server is asked. */
  readonly denied: readonly {
    readonly verb: string;
    readonly group: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace: string;
  }[];
}

/** Prometheus counts the requests that the check sends, at each of these proxies. */
export interface MetricsCheck {
  readonly kind: "metrics";
  readonly path: string;
  readonly host?: string;
  readonly requests: number;
  /** Whose proxies count → the PromQL of one number for each of their pods; together they grow by at least `requests`. */
  readonly counters: Readonly<Record<string, string>>;
  /** How long it may take until Prometheus has asked every proxy. */
  readonly withinSeconds: number;
}

/** Requests through the gateway, each with a trace id of its own, are found in the tracing backend. */
export interface TraceCheck {
  readonly kind: "trace";
  readonly api: "jaeger" | "zipkin";
  readonly path: string;
  readonly requests: number;
  /** Percentage of them that is traced. */
  readonly sampling: number;
  /** The apps that have a span in one of the traces at least. */
  readonly apps: readonly string[];
  readonly withinSeconds: number;
}

/** Grafana is well, and has these data sources and dashboards. */
export interface DashboardsCheck {
  readonly kind: "dashboards";
  readonly dataSources: readonly string[];
  readonly dashboards: readonly string[];
}

/** A line of the gateway's access log comes to Loki. */
export interface CollectedLogCheck {
  readonly kind: "collected-log";
  /** Where the line is read back: what the collector prints of it, or what Loki keeps. */
  readonly from: "collector" | "loki";
  readonly path: string;
  readonly withinSeconds: number;
}
