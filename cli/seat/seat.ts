import type { KubeObject } from "../../kube";

/** A pod by name, or the first running one with these labels. */
export type PodSelector = { readonly name: string } | { readonly labels: Readonly<Record<string, string>> };

/** The output and exit code of a command in a container. */
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
  /** The connection's error. */
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

/**
 * An account whose rights are asked for:
 * https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/subject-access-review-v1/
 */
export interface Subject {
  readonly user: string;
  readonly groups: readonly string[];
}

/** An action on the API that a subject may or may not perform. */
export interface Access {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
}

/** A Service that gave no answer of its own: it does not exist (`missing`), or nothing behind it answers (`silent`). */
export class ServiceSilent extends Error {
  override name = "ServiceSilent";

  constructor(
    readonly reason: "missing" | "silent",
    message: string,
  ) {
    super(message);
  }
}

/**
 * A live seat: everything that probes and the diagnosis may ask of it. It only reads; only `probe-pods.ts` changes the
 * seat.
 */
export interface Seat {
  /** GATEWAY_URL. */
  readonly gatewayUrl: string;
  /**
   * Lists a collection such as `/apis/networking.istio.io/v1/virtualservices`; empty where the server does not know the
   * kind.
   */
  list(apiPath: string, query?: Record<string, string>): Promise<KubeObject[]>;
  /** Gets an object by its path; undefined where it does not exist. */
  get(apiPath: string): Promise<KubeObject | undefined>;
  /** Runs a command in a container. @throws where no such pod runs */
  exec(namespace: string, pod: PodSelector, container: string, command: readonly string[]): Promise<Executed>;
  /** Reads the lines of a container's log, from every pod with the labels. */
  logs(
    namespace: string,
    pod: PodSelector,
    container: string,
    options?: { sinceSeconds?: number; tailLines?: number; timestamps?: boolean },
  ): Promise<{ pod: string; line: string }[]>;
  /** Sends one request through the gateway, on its own connection. Never throws. */
  http(path: string, options?: HttpOptions): Promise<Answer>;
  /** Sends one GET to a pod's port by port-forward, which bypasses its proxy. */
  fromWithin(namespace: string, pod: string, port: number, path: string): Promise<string>;
  /**
   * Sends one GET to a Service's port through the API server.
   * @throws {ServiceSilent} where the Service gave no answer
   */
  fromService(namespace: string, service: string, port: number, path: string): Promise<Pick<Answer, "status" | "body">>;
  /** Returns only status and headers of the same request. @throws {ServiceSilent} where the Service gave no answer */
  headFromService(
    namespace: string,
    service: string,
    port: number,
    path: string,
  ): Promise<Pick<Answer, "status" | "headers">>;
  /** Sends one GET to a whole URL, on its own connection. Never throws. */
  url(url: string): Promise<Answer>;
  /** Asks the API server whether somebody may do something. */
  may(user: Subject, access: Access): Promise<boolean>;
}

/** Identifies the checks' own requests in access logs. */
export const USER_AGENT = "istio-lab-check";
