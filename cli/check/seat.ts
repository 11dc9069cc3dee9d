/** An object of Kubernetes as the API server gives it, in plain JSON. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    ownerReferences?: { kind: string; name: string; uid: string }[];
    [key: string]: unknown;
  };
  [key: string]: any;
}

/** Which pod is meant: one by name, or the first running one with these labels. */
export type PodSelector = { readonly name: string } | { readonly labels: Readonly<Record<string, string>> };

/** What a command in a container printed and how it ended. */
export interface Executed {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** An HTTP answer; `status` 0 and `error` where there was none. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  /** What the connection said. */
  error?: string;
  milliseconds: number;
}

export interface HttpOptions {
  headers?: Record<string, string>;
  /** @default GET */
  method?: string;
  body?: string;
  /** @default 10000 */
  timeoutMilliseconds?: number;
}

/** A live seat: everything that probes and the diagnosis may ask of it. It reads; what changes the seat is in `pods.ts` alone. */
export interface Seat {
  /** GATEWAY_URL. */
  readonly gatewayUrl: string;
  /** The items of a collection, `/apis/networking.istio.io/v1/virtualservices`; empty where the server does not know the kind. */
  list(apiPath: string, query?: Record<string, string>): Promise<KubeObject[]>;
  /** One object by its path; undefined where there is none. */
  get(apiPath: string): Promise<KubeObject | undefined>;
  /** Runs a command in a container. @throws where no such pod runs */
  exec(namespace: string, pod: PodSelector, container: string, command: readonly string[]): Promise<Executed>;
  /** The lines of a container's log; of every pod with the labels. */
  logs(namespace: string, pod: PodSelector, container: string, options?: { sinceSeconds?: number; tailLines?: number; timestamps?: boolean }): Promise<{ pod: string; line: string }[]>;
  /** One request through the gateway, on a connection of its own. Never throws. */
  http(path: string, options?: HttpOptions): Promise<Answer>;
  /** One GET to a port of a pod from within, past its proxy, by port-forward. */
  fromWithin(namespace: string, pod: string, port: number, path: string): Promise<string>;
}
