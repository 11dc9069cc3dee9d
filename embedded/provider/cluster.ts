import { setTimeout as sleep } from "node:timers/promises";
import {
  Api,
  ApiError,
  versionPath,
  type ApiRequest,
  type KubeConfig,
  type Silence,
  type WholeObject,
} from "../../kube";
import { pulumi } from "../../versions";
import { NoMatchError, UnreachableError } from "./errors";
import { isClusterScoped } from "./kinds";
import { Bag, Json } from "./wire";

export interface Request extends ApiRequest {
  body?: Json;
  /** Sends the request even after the engine has cancelled, with the time limit LAST_LOOK. */
  evenCancelled?: boolean;
}
interface ApiResource {
  name: string;
  kind: string;
  namespaced: boolean;
}

/** Milliseconds until a cluster that does not answer counts as unreachable (the official plugin's 32 s). */
const PATIENCE = 32_000;
/** Milliseconds for a last request about what a cancelled operation has left. */
const LAST_LOOK = 5_000;

/** The official plugin's user agent, because this provider stands in for it. */
const USER_AGENT = `pulumi-kubernetes/${pulumi.kubernetes}`;

/**
 * One cluster, with the official plugin's error messages. A request has no time limit of its own: it ends when the
 * engine cancels.
 */
export class Cluster {
  private readonly api: Api;
  private readonly resources = new Map<string, Promise<ApiResource[]>>();
  private reach?: Promise<string | undefined>;

  constructor(
    readonly kubeconfig: KubeConfig,
    private readonly cancelled: AbortSignal,
  ) {
    this.api = new Api(kubeconfig, {
      patience: Infinity,
      maxSockets: Infinity,
      headers: { "user-agent": USER_AGENT },
      errors: {
        refused: ({ code, text, status }) =>
          new ApiError(code, status?.message ?? (text.trim() || `the server answered ${code}`), status?.reason),
        silent: (silence) =>
          silence.isBrokenOff
            ? silence.error
            : cancelled.aborted
              ? new Error("operation cancelled")
              : unreachable(silence),
        noCredentials: (error) => error,
        unreadable: (error) => error,
      },
    });
  }

  get server(): string {
    return this.api.server;
  }

  /** Why the cluster cannot be reached. Undefined if it can. Asks once per run. */
  unreachable(): Promise<string | undefined> {
    return (this.reach ??= this.request("GET", "/version", { signal: AbortSignal.timeout(PATIENCE) }).then(
      () => undefined,
      (e: Error) =>
        e instanceof ApiError ? undefined : `unable to load schema information from the API server: ${e.message}`,
    ));
  }

  request(method: string, path: string, { evenCancelled, signal, ...request }: Request = {}): Promise<Json> {
    return this.api.request(method, path, {
      ...request,
      signal: this.until(signal, evenCancelled ? AbortSignal.timeout(LAST_LOOK) : this.cancelled),
    });
  }

  /** Calls `seen` for every event of a watch until `signal` fires. Reconnects after a short pause. */
  async watch(
    path: string,
    query: Request["query"],
    seen: (event: { type: string; object: WholeObject }) => void,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      try {
        const answer = await this.api.open("GET", path, {
          query: { ...query, watch: "true", timeoutSeconds: "300" },
          signal: this.until(signal, this.cancelled),
        });
        if (answer.statusCode !== 200) answer.destroy();
        let rest = "";
        for await (const chunk of answer.setEncoding("utf8")) {
          const lines = (rest + chunk).split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines) if (line) seen(JSON.parse(line));
        }
      } catch {
        // The connection ended. The watch only wakes the caller, who then reads the object itself.
      }
      await sleep(500, undefined, { signal }).catch(() => undefined);
    }
  }

  private until(signal: AbortSignal | undefined, cancelled: AbortSignal): AbortSignal {
    return signal ? AbortSignal.any([signal, cancelled]) : cancelled;
  }

  /** The path of an object's collection. @throws NoMatchError if the server does not know the kind */
  async collection(o: WholeObject): Promise<string> {
    const found = await this.resource(o.apiVersion, o.kind);
    const base = versionPath(o.apiVersion);
    return found.namespaced
      ? `${base}/namespaces/${o.metadata?.namespace || "default"}/${found.name}`
      : `${base}/${found.name}`;
  }
  async path(o: WholeObject): Promise<string> {
    return `${await this.collection(o)}/${o.metadata.name}`;
  }
  /**
   * Whether objects of the kind live in namespaces. Undefined if the server does not know the kind or does not
   * answer.
   */
  async namespaced(o: WholeObject): Promise<boolean | undefined> {
    return this.resource(o.apiVersion, o.kind).then(
      (r) => r.namespaced,
      () => (isClusterScoped(o) ? false : undefined),
    );
  }
  async knows(o: WholeObject): Promise<boolean> {
    return this.resource(o.apiVersion, o.kind).then(
      () => true,
      () => false,
    );
  }
  /** Forgets which kinds exist, because a definition may have been added since. */
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

/** A connection error in the words of Go's HTTP client: users of the official plugin search for these. */
function unreachable({ url, error: e }: Silence): Error {
  const words: Record<string, string> = {
    ECONNREFUSED: "connect: connection refused",
    EHOSTUNREACH: "connect: no route to host",
    ENETUNREACH: "connect: network is unreachable",
    ETIMEDOUT: "i/o timeout",
  };
  const said =
    words[e.code ?? ""] ?? (e.name === "TimeoutError" || e.name === "AbortError" ? "i/o timeout" : e.message);
  return new UnreachableError(`Get "${url.origin}/openapi/v2?timeout=32s": dial tcp ${url.host}: ${said}`);
}
