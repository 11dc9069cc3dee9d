import * as http from "node:http";
import * as https from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { UserError } from "../../base/errors";

/** The API server refused the request. */
export class ApiRefusal extends Error {
  override name = "ApiRefusal";

  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** The API server did not answer, so the answer is unknown. */
export class ApiSilent extends UserError {}

export interface ApiRequest {
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  /** Content type of the body. @default application/json */
  type?: string;
  /** @default application/json */
  accept?: string;
}

/** How long the API server may take to start an answer. */
const PATIENCE_MS = 10_000;

/** The API server in plain JSON, because client-node's typed API drops unknown fields. */
export class Api {
  private options?: Promise<https.RequestOptions>;

  constructor(private readonly kubeconfig: KubeConfig) {}

  /** @throws {ApiRefusal} where the server refused; {ApiSilent} where no answer came */
  async json<T>(method: string, path: string, request: ApiRequest = {}): Promise<T> {
    const text = await this.text(method, path, request);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  async text(method: string, path: string, request: ApiRequest = {}): Promise<string> {
    const { code, text } = await this.answer(method, path, request);
    if (code >= 200 && code < 300) return text;
    throw new ApiRefusal(code, messageOf(text) ?? `${path}: the API server answered ${code}`);
  }

  /** Returns the answer, whatever its status code. @throws {ApiSilent} where no answer came */
  async answer(method: string, path: string, { query = {}, body, type = "application/json", accept = "application/json" }: ApiRequest = {}): Promise<{ code: number; headers: http.IncomingHttpHeaders; text: string }> {
    const options = await (this.options ??= this.requestOptions());
    const url = new URL((this.kubeconfig.getCurrentCluster()?.server ?? "").replace(/\/$/, "") + path);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const headers = { accept, ...options.headers, ...(sent !== undefined && { "content-type": type, "content-length": Buffer.byteLength(sent) }) };
    return new Promise((resolve, reject) => {
      const request = (url.protocol === "http:" ? http : https).request(url, { ...options, method, headers, timeout: PATIENCE_MS }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("end", () => resolve({ code: response.statusCode ?? 0, headers: response.headers, text }));
        response.on("error", reject);
      });
      const gone = (why: string) => new ApiSilent(`The cluster's API server does not answer (${url.origin}: ${why}).`);
      request.on("timeout", () => request.destroy(gone(`no answer within ${PATIENCE_MS / 1000} s`)));
      request.on("error", (error: NodeJS.ErrnoException) => reject(error instanceof UserError ? error : gone(error.code ?? error.message)));
      request.end(sent);
    });
  }

  private async requestOptions(): Promise<https.RequestOptions> {
    const options: https.RequestOptions = {};
    await this.kubeconfig.applyToHTTPSOptions(options);
    const { ca, cert, key, rejectUnauthorized, servername, headers, auth } = options;
    const proxied = options.agent && options.agent.constructor !== https.Agent;
    if (proxied || !this.kubeconfig.getCurrentCluster()?.server.startsWith("https:")) return { headers, auth, ...(proxied && { agent: options.agent }) };
    return { headers, auth, agent: new https.Agent({ keepAlive: true, ca, cert, key, rejectUnauthorized, servername }) };
  }
}

/** Returns the answer, or `missing` where the server answers 404. */
export async function unlessMissing<T, M>(asked: Promise<T>, missing: M): Promise<T | M> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiRefusal && error.code === 404) return missing;
    throw error;
  }
}

function messageOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { message?: string }).message;
  } catch {
    return text.trim() || undefined;
  }
}
