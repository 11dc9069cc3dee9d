import * as http from "node:http";
import * as https from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { kubeconfigIn } from "./kubeconfig";

/** The API server refused the request. */
export class ApiError extends Error {
  /**
   * @param reason the reason in the returned Status:
   *   https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
   */
  constructor(
    readonly code: number,
    message: string,
    readonly reason = "",
  ) {
    super(message);
  }

  get isNotFound(): boolean {
    return this.code === 404;
  }
  get isConflict(): boolean {
    return this.reason === "Conflict";
  }
  get alreadyExists(): boolean {
    return this.reason === "AlreadyExists";
  }
  /** Whether the object's namespace is missing, rather than its kind. */
  get namespaceMissing(): boolean {
    return this.isNotFound && /^namespaces "/.test(this.message);
  }
  /** Whether a registered webhook's server does not answer yet (istiod between Ready and its first request). */
  get webhookAbsent(): boolean {
    return this.code >= 500 && /failed calling webhook/.test(this.message);
  }
}

/** No request was sent, because the kubeconfig's exec program gave no credentials. */
export class NoCredentials extends ApiError {
  constructor(message: string) {
    super(401, `no credentials: ${message}`);
  }
}

/** No API server answered. */
export class Unreachable extends Error {
  override name = "Unreachable";

  /**
   * @param nobody true: no connection was made, so no server is there. False: a server answered, but which one is
   *   unknown. Its certificate may come from another authority, or a proxy or another program may listen.
   */
  constructor(
    message: string,
    readonly nobody: boolean,
  ) {
    super(message);
  }
}

export interface ApiRequest {
  query?: Readonly<Record<string, string | number | undefined>>;
  body?: unknown;
  /** Content type of the body. @default application/json */
  type?: string;
  /** @default application/json */
  accept?: string;
  /** Aborts the request. */
  signal?: AbortSignal;
}

export interface ApiAnswer {
  readonly code: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** An answer whose status is not a success. */
export interface Refusal {
  readonly code: number;
  readonly path: string;
  readonly text: string;
  /** The text as JSON; undefined where it is not JSON. */
  readonly status?: { readonly message?: string; readonly reason?: string };
}

/** Why no complete answer arrived. */
export interface Silence {
  readonly server: string;
  readonly url: URL;
  /** Its name is TimeoutError after a timeout. */
  readonly error: NodeJS.ErrnoException;
  /** Whether a connection was made. Always true behind a proxy, where this is unknown. */
  readonly isConnected: boolean;
  /** Whether the answer started and then broke off. */
  readonly isBrokenOff: boolean;
  /** The request's time limit in milliseconds. */
  readonly patience: number;
}

/** Makes the errors that requests reject with. */
export interface ApiErrors {
  refused(refusal: Refusal): Error;
  silent(silence: Silence): Error;
  /** @param error from the kubeconfig's exec program */
  noCredentials(error: Error): Error;
  /** @param error from parsing a successful answer as JSON */
  unreadable(error: Error, code: number): Error;
}

export interface ApiSettings {
  /** How many milliseconds a request may take until its answer is complete. @default 8000 */
  readonly patience?: number;
  /** How many milliseconds a connection may be idle. @default no limit */
  readonly idle?: number;
  /** How many connections may be open at a time. @default 8 */
  readonly maxSockets?: number;
  /** Sent with each request. */
  readonly headers?: http.OutgoingHttpHeaders;
  /** Replaces errors by the caller's own. @default ApiError, NoCredentials, Unreachable */
  readonly errors?: Partial<ApiErrors>;
}

/**
 * The only client for the API server. client-node reads the kubeconfig, runs its exec plugin and builds the TLS and
 * proxy options. Its typed calls are not used, because they do not return the server's exact JSON: they drop unknown
 * fields and turn times into Dates. A state or a diff needs the exact JSON. The typed calls also cannot ask for
 * metadata only, or return an answer's headers.
 */
export class Api {
  private readonly kubeconfig: KubeConfig;
  private readonly errors: ApiErrors;
  private options?: Promise<https.RequestOptions>;

  /** @param kubeconfig the client uses its current context */
  constructor(
    kubeconfig: string | KubeConfig,
    private readonly settings: ApiSettings = {},
  ) {
    this.kubeconfig = typeof kubeconfig === "string" ? kubeconfigIn(kubeconfig) : kubeconfig;
    this.errors = { ...plainErrors, ...settings.errors };
  }

  get server(): string {
    return (this.kubeconfig.getCurrentCluster()?.server ?? "").replace(/\/+$/, "");
  }

  /** Returns the answer as JSON; undefined for 204, which has no body. @throws the errors of `ApiErrors` */
  async request<T>(method: string, path: string, request: ApiRequest = {}): Promise<T> {
    const { code, text } = await this.success(method, path, request);
    if (code === 204) return undefined as T;
    try {
      return JSON.parse(text) as T;
    } catch (error) {
      throw this.errors.unreadable(error as Error, code);
    }
  }

  get<T>(path: string, request?: ApiRequest): Promise<T> {
    return this.request<T>("GET", path, request);
  }

  /** Returns the items of a list. Go writes an empty list as null. */
  async list<T>(path: string, request?: ApiRequest): Promise<T[]> {
    return (await this.get<{ items: T[] | null }>(path, request)).items ?? [];
  }

  /** Returns the answer as text. */
  async text(method: string, path: string, request: ApiRequest = {}): Promise<string> {
    return (await this.success(method, path, request)).text;
  }

  /** Returns the answer, whatever its status code. */
  async answer(method: string, path: string, request: ApiRequest = {}): Promise<ApiAnswer> {
    return new Promise((resolve, reject) => {
      const whole = (response: http.IncomingMessage, silence: (error: Error, isBrokenOff?: boolean) => Error) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            code: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString("utf8"),
          }),
        );
        response.on("error", (error) => reject(silence(error, true)));
      };
      this.send(method, path, request, whole, reject).catch(reject);
    });
  }

  /** Returns the answer as a stream, whatever its status code; a watch does not end by itself. */
  async open(method: string, path: string, request: ApiRequest = {}): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => void this.send(method, path, request, resolve, reject).catch(reject));
  }

  private async success(method: string, path: string, request: ApiRequest): Promise<ApiAnswer> {
    const answer = await this.answer(method, path, request);
    const { code, text } = answer;
    if (code >= 200 && code < 300) return answer;
    throw this.errors.refused({ code, path, text, status: jsonMap(text) });
  }

  private async send(
    method: string,
    path: string,
    { query = {}, body, type = "application/json", accept = "application/json", signal }: ApiRequest,
    answered: (response: http.IncomingMessage, silence: (error: Error, isBrokenOff?: boolean) => Error) => void,
    failed: (error: Error) => void,
  ): Promise<void> {
    const { patience = PATIENCE, idle } = this.settings;
    const options = await (this.options ??= this.connection());
    const { server } = this;
    const url = new URL(server + path);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      accept,
      ...this.settings.headers,
      ...(options.headers as http.OutgoingHttpHeaders),
      ...(text !== undefined && { "content-type": type, "content-length": Buffer.byteLength(text) }),
    };
    const signals = [
      ...(Number.isFinite(patience) ? [AbortSignal.timeout(patience)] : []),
      ...(signal ? [signal] : []),
    ];
    const ended = signals.length > 0 ? AbortSignal.any(signals) : undefined;
    let isConnected = false;
    const silence = (error: Error, isBrokenOff = false) =>
      this.errors.silent({
        server,
        url,
        error: ended?.aborted ? (ended.reason as Error) : error,
        isConnected: isConnected || this.isProxied,
        isBrokenOff,
        patience,
      });
    const request = (url.protocol === "http:" ? http : https).request(
      url,
      { ...options, method, headers, signal: ended, timeout: idle },
      (response) => answered(response, silence),
    );
    request.on("socket", (socket) => {
      if (socket.connecting) socket.once("connect", () => (isConnected = true));
      // A kept-alive socket has a remote address. A socket that failed at once, for lack of a route, has none.
      else isConnected = socket.remoteAddress !== undefined;
    });
    request.on("timeout", () =>
      request.destroy(Object.assign(new Error(`no answer within ${idle! / 1000} s`), { name: "TimeoutError" })),
    );
    request.on("error", (error) => failed(silence(error)));
    request.end(text);
  }

  private get isProxied(): boolean {
    return this.kubeconfig.getCurrentCluster()?.proxyUrl !== undefined;
  }

  /** Made once per client, because an exec plugin may be slow. */
  private async connection(): Promise<https.RequestOptions> {
    const options: https.RequestOptions = {};
    try {
      await this.kubeconfig.applyToHTTPSOptions(options);
    } catch (error) {
      throw this.errors.noCredentials(error as Error);
    }
    const { ca, cert, key, headers, rejectUnauthorized, auth, servername } = options;
    const isProxied = options.agent && options.agent.constructor !== https.Agent;
    const { maxSockets = MAX_SOCKETS } = this.settings;
    const agent = isProxied
      ? options.agent
      : this.server.startsWith("http:")
        ? new http.Agent({ keepAlive: true, maxSockets })
        : new https.Agent({ keepAlive: true, maxSockets, ca, cert, key, rejectUnauthorized, servername });
    return { agent, headers, auth };
  }
}

/** Returns the answer, or `missing` where the server answers 404. No other answer counts as absence. */
export async function unlessMissing<T, M = undefined>(asked: Promise<T>, missing?: M): Promise<T | M> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && error.isNotFound) return missing as M;
    throw error;
  }
}

const PATIENCE = 8_000;
const MAX_SOCKETS = 8;

/** Node's error codes for a failed connection: https://nodejs.org/api/errors.html#common-system-errors */
const NOBODY = new Set(["ECONNREFUSED", "EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "ENOTFOUND", "ETIMEDOUT"]);

const plainErrors: ApiErrors = {
  refused({ code, text, status }) {
    const said = status === undefined ? text.trim().slice(0, 200) || undefined : status.message;
    return new ApiError(code, said ?? `the API server answered ${code}`, status?.reason);
  },
  silent({ server, error, isConnected, patience }) {
    const isLate = error.name === "TimeoutError";
    const nobody = !isConnected && (isLate || codesOf(error).every((code) => NOBODY.has(code)));
    return new Unreachable(
      `${server} does not answer: ${isLate ? `nothing within ${patience / 1000} s` : error.message || error.code}`,
      nobody,
    );
  },
  noCredentials: ({ message }) => new NoCredentials(message),
  unreadable: (_, code) => new ApiError(code, "what answers is not an API server: it does not speak JSON"),
};

/** Returns the error codes of all addresses that were tried, because a name may have several. */
function codesOf(error: Error): string[] {
  const tried =
    error instanceof AggregateError ? (error.errors as NodeJS.ErrnoException[]) : [error as NodeJS.ErrnoException];
  return tried.map(({ code = "" }) => code);
}

function jsonMap(text: string): Refusal["status"] {
  try {
    return (JSON.parse(text) as Refusal["status"] | null) ?? undefined;
  } catch {
    return undefined;
  }
}
