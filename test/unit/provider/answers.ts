import type { KubeConfig } from "@kubernetes/client-node";
import { Cluster, type Request } from "../../../embedded/provider/cluster";
import { ApiError, type WholeObject } from "../../../kube";
import type { Operation, Session } from "../../../embedded/provider/objects";
import type { Settings } from "../../../embedded/provider/settings";
import type { Json } from "../../../embedded/provider/wire";

/** What an answer is made of: a value, an error to throw, or what makes one of the request. */
export type Reply = Json | ((request: Request) => Json);

/** Kinds that this stand-in of an API server knows. */
const kinds: Record<string, { name: string; kind: string; namespaced: boolean }[]> = {
  "/api/v1": [
    { name: "namespaces/status", kind: "Namespace", namespaced: true },
    { name: "namespaces", kind: "Namespace", namespaced: false },
    { name: "configmaps", kind: "ConfigMap", namespaced: true },
    { name: "services", kind: "Service", namespaced: true },
    { name: "secrets", kind: "Secret", namespaced: true },
  ],
  "/apis/apps/v1": [
    { name: "deployments/scale", kind: "Deployment", namespaced: true },
    { name: "deployments", kind: "Deployment", namespaced: true },
  ],
  "/apis/apiextensions.k8s.io/v1": [
    { name: "customresourcedefinitions", kind: "CustomResourceDefinition", namespaced: false },
  ],
  "/apis/example.com/v1": [{ name: "worlds", kind: "World", namespaced: false }],
};

/**
 * A cluster whose answers a test writes. Only the network is left out: paths, kinds and errors are made by the code that is tested. It stands in for an API server;
 * what a real one answers is seen in test/engine/provider.
 */
export class Answers extends Cluster {
  /** `METHOD path` of everything that was asked, apart from the kinds. */
  readonly asked: string[] = [];
  readonly requests: (Request & { method: string; path: string })[] = [];
  /** How often kinds were asked for. */
  kindsAsked = 0;

  /** @param replies `METHOD path` → replies, one after the other, the last for ever. What is not here is answered by 404. */
  constructor(
    readonly replies: Record<string, Reply[]> = {},
    cancelled: AbortSignal = new AbortController().signal,
  ) {
    super({} as KubeConfig, cancelled);
  }

  override async unreachable(): Promise<string | undefined> {
    return undefined;
  }

  override async request(method: string, path: string, request: Request = {}): Promise<Json> {
    const own = this.replies[`${method} ${path}`];
    if (own === undefined && method === "GET" && path in kinds) {
      this.kindsAsked++;
      return { resources: kinds[path] };
    }
    this.asked.push(`${method} ${path}`);
    this.requests.push({ ...request, method, path });
    const reply = own === undefined ? notFound : own.length > 1 ? own.shift() : own[0];
    if (reply instanceof Error) throw reply;
    return typeof reply === "function" ? reply(request) : structuredClone(reply);
  }

  /** No event ever comes: whoever waits looks again by its own clock. */
  override async watch(_path: string, _query: unknown, _seen: unknown, signal: AbortSignal): Promise<void> {
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  }
}

export const notFound = new ApiError(404, 'configmaps "x" not found', "NotFound");
export const noNamespace = new ApiError(404, 'namespaces "shop" not found', "NotFound");
/** Every answer that is neither yes nor "there is none". */
export const refusals: [string, Error][] = [
  ["401", new ApiError(401, "Unauthorized", "Unauthorized")],
  ["403", new ApiError(403, "configmaps is forbidden", "Forbidden")],
  ["409", new ApiError(409, "the object has been modified", "Conflict")],
  ["422", new ApiError(422, "spec is invalid", "Invalid")],
  ["429", new ApiError(429, "try again", "TooManyRequests")],
  ["500", new ApiError(500, "etcd has no leader", "InternalError")],
  ["503", new ApiError(503, "the server is starting", "ServiceUnavailable")],
  ["a connection that ends", new Error("socket hang up")],
];

export const object = (kind: string, more: Json = {}, apiVersion = "v1"): WholeObject => ({
  apiVersion,
  kind,
  ...more,
  metadata: { name: "x", namespace: "shop", ...more.metadata },
});
export const urnOf = (type: string): string => `urn:pulumi:s::p::kubernetes:${type}::x`;

/** Everything that was told the engine. */
export interface Told {
  log: string[];
  status: string[];
}

/** A session with this cluster, and what is told in it. */
export function session(
  cluster: Cluster,
  settings: Partial<Settings> = {},
  { why, cancelled = new AbortController().signal }: { why?: string; cancelled?: AbortSignal } = {},
): Session & { told: Told } {
  const told: Told = { log: [], status: [] };
  return {
    told,
    settings: {
      enablePatchForce: false,
      upsertExistingObjects: false,
      deleteUnreachable: false,
      skipUpdateUnreachable: false,
      ...settings,
    } as Settings,
    cluster,
    cancelled,
    host: {
      log: (severity, _, text) => void told.log.push(`${severity}: ${text}`),
      status: (severity, _, text) => void told.status.push(`${severity}: ${text}`),
      flush: async () => undefined,
    },
    unreachable: async () => why,
  };
}

export const operation = (type: string, more: Partial<Operation> = {}): Operation => ({
  urn: urnOf(type),
  preview: false,
  timeout: 0,
  ...more,
});
