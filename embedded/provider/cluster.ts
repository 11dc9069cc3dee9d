import * as http from "node:http";
import * as https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { KubeConfig } from "@kubernetes/client-node";
import { ApiError, NoMatchError, UnreachableError } from "./errors";
import { versionPath, type WholeObject } from "../../kube";
import { isClusterScoped } from "./kinds";
import { Bag, Json } from "./wire";
import { pulumi } from "../../versions";

export interface Request {
  query?: Record<string, string | undefined>;
  body?: Json;
  /** Content type of the body; JSON when not given. */
  type?: string;
  signal?: AbortSignal;
  /** Asked also after the engine has cancelled, for as long as it waits for what was done. */
  evenCancelled?: boolean;
}
interface ApiResource {
  name: string;
  kind: string;
  namespaced: boolean;
}

/** Milliseconds until a cluster that does not answer counts as unreachable (the official plugin's 32 s). */
const PATIENCE = 32_000;
/** Milliseconds for a look at what a cancelled operation has left. */
const LAST_LOOK = 5_000;

/**
 * One cluster, spoken to in plain JSON. client-node's typed API is not used for objects: it drops the fields it does not know and
 * turns times into Dates, and the state has to hold exactly what the server said.
 */
export class Cluster {
  private readonly resources = new Map<string, Promise<ApiResource[]>>();
  private options?: Promise<https.RequestOptions>;
  private reach?: Promise<string | undefined>;

  constructor(readonly kubeconfig: KubeConfig, private readonly cancelled: AbortSignal) {}

  get server(): string {
    return (this.kubeconfig.getCurrentCluster()?.server ?? "").replace(/\/$/, "");
  }

  /** Why the cluster cannot be reached; undefined when it can. Asked once per run. */
  unreachable(): Promise<string | undefined> {
    return (this.reach ??= this.request("GET", "/version", { signal: AbortSignal.timeout(PATIENCE) }).then(
      () => undefined,
      (e: Error) => (e instanceof ApiError ? undefined : `unable to load schema information from the API server: ${e.message}`),
    ));
  }

  async request(method: string, path: string, r: Request = {}): Promise<Json> {
    const answer = await this.open(method, path, r);
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString("utf8");
    const code = answer.statusCode ?? 0;
    if (code >= 200 && code < 300) return text ? JSON.parse(text) : undefined;
    throw failure(code, text);
  }

  /** Calls `seen` for every event of a watch until `signal` fires; reconnects after a short pause. */
  async watch(path: string, query: Request["query"], seen: (event: { type: string; object: WholeObject }) => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const answer = await this.open("GET", path, { query: { ...query, watch: "true", timeoutSeconds: "300" }, signal });
        if (answer.statusCode !== 200) answer.destroy();
        let rest = "";
        for await (const chunk of answer.setEncoding("utf8")) {
          const lines = (rest + chunk).split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines) if (line) seen(JSON.parse(line));
        }
      } catch {
        // The connection ended; the caller's own look at the object decides, this is only its alarm clock.
      }
      await sleep(500, undefined, { signal }).catch(() => undefined);
    }
  }

  private async open(method: string, path: string, r: Request): Promise<http.IncomingMessage> {
    const options = await (this.options ??= this.requestOptions());
    const url = new URL(this.server + path);
    for (const [k, v] of Object.entries(r.query ?? {})) if (v !== undefined) url.searchParams.set(k, v);
    const body = r.body === undefined ? undefined : JSON.stringify(r.body);
    const headers: http.OutgoingHttpHeaders = { accept: "application/json", "user-agent": `pulumi-kubernetes/${pulumi.kubernetes}`, ...(options.headers as http.OutgoingHttpHeaders) };
    if (body !== undefined) Object.assign(headers, { "content-type": r.type ?? "application/json", "content-length": Buffer.byteLength(body) });
    const cancelled = r.evenCancelled ? AbortSignal.timeout(LAST_LOOK) : this.cancelled;
    const signal = r.signal ? AbortSignal.any([r.signal, cancelled]) : cancelled;
    return new Promise((resolve, reject) => {
      const send = url.protocol === "http:" ? http.request : https.request;
      const request = send(url, { ...options, method, headers, signal }, resolve);
      request.on("error", (e: NodeJS.ErrnoException) => reject(this.cancelled.aborted ? new Error("operation cancelled") : unreachable(url, e)));
      request.end(body);
    });
  }

  private async requestOptions(): Promise<https.RequestOptions> {
    const options: https.RequestOptions = {};
    await this.kubeconfig.applyToHTTPSOptions(options);
    const { ca, cert, key, headers, rejectUnauthorized, auth, servername } = options;
    const plainHttp = this.server.startsWith("http:");
    const proxied = options.agent && options.agent.constructor !== https.Agent;
    const agent = proxied ? options.agent : plainHttp ? new http.Agent({ keepAlive: true }) : new https.Agent({ keepAlive: true, ca, cert, key, rejectUnauthorized, servername });
    return { agent, headers, auth };
  }

  /** The path of an object's collection; throws NoMatchError where the server does not know the kind. */
  async collection(o: WholeObject): Promise<string> {
    const found = await this.resource(o.apiVersion, o.kind);
    const base = versionPath(o.apiVersion);
    return found.namespaced ? `${base}/namespaces/${o.metadata?.namespace || "default"}/${found.name}` : `${base}/${found.name}`;
  }
  async path(o: WholeObject): Promise<string> {
    return `${await this.collection(o)}/${o.metadata.name}`;
  }
  /** Whether objects of the kind live in namespaces; undefined when the server does not know the kind or does not answer. */
  async namespaced(o: WholeObject): Promise<boolean | undefined> {
    return this.resource(o.apiVersion, o.kind).then((r) => r.namespaced, () => (isClusterScoped(o) ? false : undefined));
  }
  async knows(o: WholeObject): Promise<boolean> {
    return this.resource(o.apiVersion, o.kind).then(() => true, () => false);
  }
  /** Forgets what kinds exist: a definition may have been added since. */
  forgetKinds(): void {
    this.resources.clear();
  }

  private async resource(apiVersion: string, kind: string): Promise<ApiResource> {
    const why = await this.unreachable();
    if (why) throw new UnreachableError(why);
    const path = versionPath(apiVersion);
    const list = this.resources.get(path) ?? this.request("GET", path).then((r: Bag) => r.resources as ApiResource[]);
    this.resources.set(path, list);
    const all = await list.catch((e: unknown) => {
      this.resources.delete(path);
      if (e instanceof ApiError && e.isNotFound) return [];
      throw e;
    });
    const found = all.find((r) => r.kind === kind && !r.name.includes("/"));
    if (!found) {
      this.resources.delete(path);
      throw new NoMatchError(apiVersion, kind);
    }
    return found;
  }
}

function failure(code: number, text: string): ApiError {
  try {
    const status = JSON.parse(text) as Bag;
    return new ApiError(status.code ?? code, status.reason ?? "", status.message ?? text);
  } catch {
    return new ApiError(code, "", text.trim() || `the server answered ${code}`);
  }
}

/** A connection error in the words of Go's HTTP client, which users of the official plugin search for. */
function unreachable(url: URL, e: NodeJS.ErrnoException): Error {
  const words: Record<string, string> = { ECONNREFUSED: "connect: connection refused", EHOSTUNREACH: "connect: no route to host", ENETUNREACH: "connect: network is unreachable", ETIMEDOUT: "i/o timeout" };
  const said = words[e.code ?? ""] ?? (e.name === "TimeoutError" || e.name === "AbortError" ? "i/o timeout" : e.message);
  return new UnreachableError(`Get "${url.origin}/openapi/v2?timeout=32s": dial tcp ${url.host}: ${said}`);
}
