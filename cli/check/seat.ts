import type { KubeObject } from "../../kube";

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

/** Whose rights are asked for, and for what: https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/subject-access-review-v1/ */
export interface Subject {
  readonly user: string;
  readonly groups: readonly string[];
}

/** Something that can be done with the API. */
export interface Access {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
}

/** A Service that gave no answer of its own: there is none of that name (`missing`), or nothing behind it answers (`silent`). */
export class ServiceSilent extends Error {
  override name = "ServiceSilent";

  constructor(
    readonly reason: "missing" | "silent",
    message: string,
  ) {
    super(message);
  }
}

/** A live seat: everything that probes and the diagnosis may ask of it. It reads; what changes the seat is in `guests.ts` alone. */
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
  /** One GET to a port of a Service, through the API server. @throws {ServiceSilent} where the Service gave no answer */
  fromService(namespace: string, service: string, port: number, path: string): Promise<Pick<Answer, "status" | "body">>;
  /** Status and headers of the same answer. @throws {ServiceSilent} where the Service gave no answer */
  headFromService(namespace: string, service: string, port: number, path: string): Promise<Pick<Answer, "status" | "headers">>;
  /** One GET of a whole URL, on a connection of its own. Never throws. */
  url(url: string): Promise<Answer>;
  /** Whether somebody may do something, by the API server's own judgement. */
  may(user: Subject, access: Access): Promise<boolean>;
}

/** How the checks' own requests are told from others in access logs. */
export const USER_AGENT = "istio-lab-check";
