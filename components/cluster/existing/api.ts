import * as http from "node:http";
import * as https from "node:https";
import { KubeConfig } from "@kubernetes/client-node";

/** An answer of the API server that is no success. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** No API server has answered. */
export class Unreachable extends Error {
  override name = "Unreachable";

  /**
   * @param nobody no connection came about, so that nobody is there. Otherwise somebody is, and nobody knows who: a certificate of another authority, a proxy, a
   * program that is no API server.
   */
  constructor(
    message: string,
    readonly nobody: boolean,
  ) {
    super(message);
  }
}

/** Nobody was asked: the kubeconfig's own program (exec) gives no credentials. */
export class NoCredentials extends ApiError {
  constructor(message: string) {
    super(401, `no credentials: ${message}`);
  }
}

/** How a system says that there is nobody to connect to: https://nodejs.org/api/errors.html#common-system-errors */
const NOBODY = new Set(["ECONNREFUSED", "EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "ENOTFOUND", "ETIMEDOUT"]);

/** Milliseconds until a cluster that does not answer counts as unreachable. */
const PATIENCE = 8_000;

export interface ApiRequest {
  body?: unknown;
  /** @default application/json */
  type?: string;
  /** What is asked for. @default application/json */
  accept?: string;
}

/**
 * One cluster by its kubeconfig, spoken to in plain JSON: client-node's typed calls have no way to ask for metadata alone, and the kinds of a cluster are megabytes.
 */
export class Api {
  private readonly kubeconfig = new KubeConfig();
  private options?: Promise<https.RequestOptions>;

  /** @param text a kubeconfig, of which the current context counts */
  constructor(text: string) {
    this.kubeconfig.loadFromString(text);
  }

  get server(): string {
    return (this.kubeconfig.getCurrentCluster()?.server ?? "").replace(/\/+$/, "");
  }

  /** @throws ApiError when the server says no, or nothing that can be read; Unreachable when there is none, or its certificate is another's */
  async request<T>(method: string, path: string, { body, type = "application/json", accept = "application/json" }: ApiRequest = {}): Promise<T> {
    const options = await (this.options ??= this.connection());
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = { accept, ...(options.headers as http.OutgoingHttpHeaders), ...(text !== undefined && { "content-type": type, "content-length": Buffer.byteLength(text) }) };
    const { status, answer } = await this.send({ ...options, method, headers }, path, text);
    if (status >= 200 && status < 300) return parsed<T>(answer, status);
    throw new ApiError(status, messageOf(answer) ?? `the API server answered ${status}`);
  }

  get<T>(path: string, request?: ApiRequest): Promise<T> {
    return this.request<T>("GET", path, request);
  }

  /** The items of a list, which Go writes as null where there are none. */
  async list<T>(path: string, request?: ApiRequest): Promise<T[]> {
    return (await this.get<{ items: T[] | null }>(path, request)).items ?? [];
  }

  private send(options: https.RequestOptions, path: string, text: string | undefined): Promise<{ status: number; answer: string }> {
    const url = new URL(this.server + path);
    return new Promise((resolve, reject) => {
      let isConnected = false;
      const isProxied = this.kubeconfig.getCurrentCluster()?.proxyUrl !== undefined;
      const fail = (error: Error) => {
        const [late, said] = [error.name === "TimeoutError", error.message || (error as NodeJS.ErrnoException).code];
        // Where a proxy is between, it is the proxy that is not there.
        const nobody = !isProxied && !isConnected && (late || codesOf(error).every((code) => NOBODY.has(code)));
        reject(new Unreachable(`${this.server} does not answer: ${late ? `nothing within ${PATIENCE / 1000} s` : said}`, nobody));
      };
      const signal = AbortSignal.timeout(PATIENCE);
      const request = (url.protocol === "http:" ? http : https).request(url, { ...options, signal }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, answer: Buffer.concat(chunks).toString("utf8") }));
        response.on("error", fail);
      });
      request.on("socket", (socket) => {
        if (socket.connecting) socket.once("connect", () => (isConnected = true));
        // One that is kept open has its other end; where there is no route the socket has failed by now.
        else isConnected = socket.remoteAddress !== undefined;
      });
      request.on("error", (error) => fail(signal.aborted ? (signal.reason as Error) : error));
      request.end(text);
    });
  }

  private async connection(): Promise<https.RequestOptions> {
    const options: https.RequestOptions = {};
    try {
      await this.kubeconfig.applyToHTTPSOptions(options);
    } catch (error) {
      // A program of the kubeconfig (exec) that is missing or refuses: that says nothing of the cluster.
      throw new NoCredentials((error as Error).message);
    }
    const { ca, cert, key, headers, rejectUnauthorized, auth, servername } = options;
    const proxied = options.agent && options.agent.constructor !== https.Agent;
    const agent = proxied
      ? options.agent
      : this.server.startsWith("http:")
        ? new http.Agent({ keepAlive: true, maxSockets: 8 })
        : new https.Agent({ keepAlive: true, maxSockets: 8, ca, cert, key, rejectUnauthorized, servername });
    return { agent, headers, auth };
  }
}

/** Of each address that was tried; a name may have several. */
function codesOf(error: Error): string[] {
  const tried = error instanceof AggregateError ? (error.errors as NodeJS.ErrnoException[]) : [error as NodeJS.ErrnoException];
  return tried.map(({ code = "" }) => code);
}

function parsed<T>(answer: string, status: number): T {
  try {
    return JSON.parse(answer) as T;
  } catch {
    throw new ApiError(status, "what answers is no API server: it does not speak JSON");
  }
}

function messageOf(answer: string): string | undefined {
  try {
    return (JSON.parse(answer) as { message?: string }).message;
  } catch {
    return answer.trim().slice(0, 200) || undefined;
  }
}
