import type { Weights } from "../../mesh/weights";

/**
 * One fact that a lesson proves on a live seat, as pure data. The probe of the same `kind` (cli/check/probes) sends
 * the requests and judges the answers.
 */
export type CheckSpec = CheckBase & CheckKind;

export interface CheckBase {
  /** Unique among all checks. It must never change, because reports are compared by it. */
  readonly name: string;
  /** The lesson that proves it, `addons` for what the dashboards show, or `istio` for the mesh itself. */
  readonly lesson: string;
  /** The proved fact in words, for the table: `every pod has its sidecar`. */
  readonly title: string;
  readonly about: About;
  /** The command that shows the matter to a person where no cause was found. */
  readonly lookAt: string;
  /** Images whose programs give the answer. The row says so where one of them is a stand-in. */
  readonly images: readonly string[];
  /** What helps a trainee whose check is red, in steps of which the last is the solution. @default nothing */
  readonly hints?: readonly string[];
  /**
   * Says in a sentence why the check does not apply to the stack's settings, such as a configured fault or no Istio
   * API.
   * @default the check applies
   */
  readonly notApplicable?: string;
}

/** Where to look for a failure's cause. */
export interface About {
  readonly namespace: string;
  /** Further namespaces whose services the check's requests pass through. */
  readonly beyond?: readonly string[];
  /** Services, or apps without a Service, that take part in the check, the caller included. */
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
  | CollectedLogCheck
  | AnalysisCheck
  | ObjectsCheck;

/** The sender of a request inside the cluster: an app of a lesson, or one of the two pods that `check` creates. */
export type Caller =
  { readonly namespace: string; readonly app: string; readonly container: string } | "stranger" | "outsider";

/** Every app has its pods ready, each with istio-init and istio-proxy. */
export interface PodsCheck {
  readonly kind: "pods";
  readonly apps: readonly { readonly app: string; readonly version: string; readonly pods: number }[];
}

/** An app writes this line into its log within the time. */
export interface LogCheck {
  readonly kind: "log";
  readonly app: string;
  readonly container: string;
  readonly line: string;
  /** Seconds within which a new line has to appear. */
  readonly withinSeconds: number;
  /** Whether the app also writes other lines, which prove nothing. @default another line is a failure */
  readonly amongOthers?: true;
}

/** A service that echoes headers sees the caller in X-Forwarded-Client-Cert. */
export interface PeerCheck {
  readonly kind: "peer";
  readonly from: Caller;
  readonly url: string;
  /** The caller's SPIFFE id. */
  readonly spiffe: string;
}

/** Plaintext from a pod without a sidecar is refused (STRICT) or accepted (PERMISSIVE). */
export interface PlaintextCheck {
  readonly kind: "plaintext";
  readonly urls: readonly string[];
  readonly mtls: "STRICT" | "PERMISSIVE";
}

/** Requests through GATEWAY_URL get the expected answers. */
export interface AnswerCheck {
  readonly kind: "answer";
  readonly cases: readonly AnswerCase[];
}

export interface AnswerCase {
  readonly path: string;
  /** @default the gateway's own address */
  readonly host?: string;
  /** @default none */
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  /**
   * Expected content of the body: a text that it contains, or JSON that it equals. Arrays and objects may have
   * further entries.
   * @default anything
   */
  readonly body?: { readonly text: string } | { readonly json: unknown };
  /** The request in a few words: `150 °C → K`. */
  readonly words: string;
}

/** Many requests through the gateway are split by weight. */
export interface SplitCheck {
  readonly kind: "split";
  readonly path: string;
  readonly host?: string;
  readonly service: string;
  /** Regular expression with one group that finds the version in the answer's body. */
  readonly version: string;
  /** Expected shares. Versions without traffic are included as 0. */
  readonly weights: Weights;
  readonly requests: number;
  /** Probability that a split by the right weights passes. */
  readonly confidence: number;
  /** Whether some answers may fail, because the config injects a fault. Only the others are counted. */
  readonly faulty?: boolean;
}

/** Each version's pod, called directly, answers with its version's colour of the stars, or with none. */
export interface VersionsCheck {
  readonly kind: "versions";
  readonly app: string;
  readonly port: number;
  readonly path: string;
  readonly colours: Readonly<Record<string, string | null>>;
}

/** A user who signs in at productpage always gets the same version. */
export interface UserCheck {
  readonly kind: "user";
  readonly user: string;
  readonly path: string;
  readonly version: string;
  readonly to: string;
  readonly requests: number;
}

/** The configured fault hits the configured share of the requests. */
export interface FaultCheck {
  readonly kind: "fault";
  readonly service: string;
  /** URL that the stranger calls inside the mesh. Undefined: the requests go through the gateway. */
  readonly url?: string;
  readonly path: string;
  /** Value of the requests' header end-user. */
  readonly user?: string;
  readonly abort?: { readonly httpStatus: number; readonly percentage: number };
  readonly delay?: { readonly seconds: number; readonly percentage: number };
  readonly confidence: number;
}

/** A caller's proxy holds the configured policy for a service. This covers policies that no request can provoke. */
export interface ProxyRouteCheck {
  readonly kind: "proxy-route";
  readonly service: string;
  /** Whose proxy is inspected: the stranger's, or the gateway's. */
  readonly proxy: "stranger" | "gateway";
  readonly host: string;
  readonly port: number;
  readonly timeoutSeconds?: number;
  readonly retries?: { readonly attempts: number; readonly perTryTimeoutSeconds?: number; readonly retryOn?: string };
  readonly loadBalancer?: "ROUND_ROBIN" | "LEAST_REQUEST" | "RANDOM";
}

/** A request through the gateway causes a gRPC call between two apps: HTTP/2, and mTLS with the caller's identity. */
export interface GrpcCheck {
  readonly kind: "grpc";
  /** The request that causes the call. */
  readonly path: string;
  /** The app that is called. Its proxy's access log shows the call. */
  readonly app: string;
  readonly spiffe: string;
}

/** Callers with different identities get the expected answers. */
export interface AccessCheck {
  readonly kind: "access";
  readonly cases: readonly {
    readonly from: Caller;
    readonly method: string;
    readonly url: string;
    /** @default none */
    readonly headers?: Readonly<Record<string, string>>;
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
   * SHA-256 of the certificate from the config (`AB:CD:…`).
   * @default any certificate that names the host and is valid now
   */
  readonly fingerprint?: string;
}

/** The claim without a class got the cluster's default class. */
export interface ClaimCheck {
  readonly kind: "claim";
  readonly claim: string;
}

/** The pods behind each addon's Service are ready. */
export interface AddonPodsCheck {
  readonly kind: "addon-pods";
  readonly services: readonly string[];
}

/** Kiali answers from outside the cluster, at KIALI_URL, with exactly this. */
export interface NodePortCheck {
  readonly kind: "node-port";
  readonly status: number;
  /** The whole body, except for blank lines at its end. */
  readonly body: string;
}

/**
 * A ServiceAccount may change nothing. No role that is bound to it has a verb that writes, and the API server denies
 * the listed requests.
 */
export interface RightsCheck {
  readonly kind: "rights";
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Allowed although the verb writes: `create tokenreviews` only asks who somebody is, and creates nothing. */
  readonly except: readonly { readonly verb: string; readonly resource: string }[];
  /** Requests that the API server has to deny. */
  readonly denied: readonly {
    readonly verb: string;
    readonly group: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace: string;
  }[];
}

/** Prometheus counts the check's requests at each of these proxies. */
export interface MetricsCheck {
  readonly kind: "metrics";
  readonly path: string;
  readonly host?: string;
  readonly requests: number;
  /**
   * Owner of the proxies → PromQL that returns one number for each of their pods. Together they have to grow by at
   * least `requests`.
   */
  readonly counters: Readonly<Record<string, string>>;
  /** Seconds within which Prometheus has to have scraped every proxy. */
  readonly withinSeconds: number;
}

/** The tracing backend has the traces of requests through the gateway, each of which has its own trace id. */
export interface TraceCheck {
  readonly kind: "trace";
  readonly api: "jaeger" | "zipkin";
  readonly path: string;
  readonly requests: number;
  /** Percentage of the requests that are traced. */
  readonly sampling: number;
  /** Apps that have a span in at least one of the traces. */
  readonly apps: readonly string[];
  readonly withinSeconds: number;
}

/** Grafana is healthy, and has these data sources and dashboards. */
export interface DashboardsCheck {
  readonly kind: "dashboards";
  readonly dataSources: readonly string[];
  readonly dashboards: readonly string[];
}

/** A line of the gateway's access log reaches Loki. */
export interface CollectedLogCheck {
  readonly kind: "collected-log";
  /** Where the line is read: from the collector's output, or from Loki. */
  readonly from: "collector" | "loki";
  readonly path: string;
  readonly withinSeconds: number;
}

/** `istioctl analyze` has no message about these objects. */
export interface AnalysisCheck {
  readonly kind: "analysis";
  /** The Namespaces themselves, and every object in them. */
  readonly namespaces: readonly string[];
  /**
   * The lesson's apps, in a namespace that may have other users: messages about other pods, workloads and Services are
   * left out.
   * @default all objects count
   */
  readonly apps?: readonly string[];
  /**
   * Objects without a namespace count as well. Namespaces do not, nor objects whose names end so.
   * @default none counts
   */
  readonly cluster?: { readonly except: readonly string[] };
}

/** Objects exist and have these fields, or do not exist. */
export interface ObjectsCheck {
  readonly kind: "objects";
  readonly wanted: readonly {
    /** `DestinationRule payments` */
    readonly object: string;
    /** Its API path. */
    readonly path: string;
    /**
     * Path in the object → value. Maps and lists may have more. `*` is any item of a list, and null stands for a field
     * that is not set.
     */
    readonly fields: Readonly<Record<string, unknown>>;
    /** The object may not exist; it has no `fields`. @default it has to */
    readonly isAbsent?: true;
  }[];
}
