import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { stringify } from "yaml";

/** An object as an API server has it; a list is asked for without its name. */
export interface Stored {
  metadata: { name: string; namespace?: string; uid?: string; [key: string]: unknown };
  [key: string]: unknown;
}

/** Stands for an API server: it lists, gives, takes and deletes objects, with the precondition on their uid. */
export class ApiServer {
  /** Path of a collection → its objects. A namespaced kind is stored where it is listed over all namespaces. */
  readonly collections = new Map<string, Stored[]>();
  /** Path → what is answered in place of the objects: a number is a status. */
  readonly answers: Record<string, unknown> = {};
  /** `METHOD path` of everything that was to change something, as it came. */
  readonly changes: string[] = [];
  private uids = 0;
  private readonly server = http.createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      const [path, query = ""] = request.url!.split("?") as [string, string?];
      const [status, answer] = this.answer(request.method!, path, query, body && (JSON.parse(body) as Stored));
      response
        .writeHead(status, { "content-type": "application/json" })
        .end(typeof answer === "string" ? answer : JSON.stringify(answer));
    });
  });

  async start(): Promise<this> {
    await new Promise<void>((listening) => this.server.listen(0, "127.0.0.1", listening));
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get kubeconfig(): string {
    return kubeconfigOf(`http://127.0.0.1:${this.port}`);
  }

  add(collection: string, ...objects: Stored[]): void {
    const known = this.collections.get(collection) ?? [];
    this.collections.set(collection, [
      ...known,
      ...objects.map((object) => ({ ...object, metadata: { uid: `uid-${++this.uids}`, ...object.metadata } })),
    ]);
  }

  /** `namespace/name` of what is in a collection. */
  names(collection: string): string[] {
    return (this.collections.get(collection) ?? []).map(({ metadata: { namespace, name } }) =>
      [namespace, name].filter(Boolean).join("/"),
    );
  }

  private answer(method: string, path: string, query: string, body: Stored | ""): [number, unknown] {
    if (method !== "GET" && !path.includes("selfsubjectaccessreviews")) this.changes.push(`${method} ${path}`);
    const given = this.answers[path];
    if (typeof given === "number") return [given, { message: "not you" }];
    if (given !== undefined) return [200, given];
    const inNamespace = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)\/namespaces\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/.exec(path);
    const [collection, namespace, name] = inNamespace
      ? [`${inNamespace[1]}/${inNamespace[3]}`, inNamespace[2], inNamespace[4]]
      : this.split(path);
    const all = this.collections.get(collection) ?? [];
    if (method === "POST" && body !== "") {
      if (all.some(({ metadata }) => metadata.name === body.metadata.name && metadata.namespace === namespace))
        return [409, { message: "already exists" }];
      this.add(collection, body);
      return [201, this.collections.get(collection)!.at(-1)];
    }
    if (name === undefined)
      return [
        200,
        {
          items: selected(all, query).filter(
            ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
          ),
        },
      ];
    const found = all.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
    if (found === undefined) return [404, { message: `${name} not found` }];
    if (method !== "DELETE") return [200, found];
    const wanted =
      body === "" ? undefined : (body as unknown as { preconditions?: { uid?: string } }).preconditions?.uid;
    if (wanted !== undefined && wanted !== found.metadata.uid)
      return [409, { message: "the UID in the precondition does not match" }];
    this.collections.set(
      collection,
      all.filter((one) => one !== found),
    );
    return [200, {}];
  }

  /** Of a path without a namespace: whether its end is a kind or a name is known by what is stored. */
  private split(path: string): [string, undefined, string | undefined] {
    const parts = path.split("/");
    const length = path.startsWith("/api/v1/") ? 4 : 5;
    return parts.length > length
      ? [parts.slice(0, length).join("/"), undefined, parts[length]]
      : [path, undefined, undefined];
  }
}

/** Labels `a=b` and `a in (b,c)` of a selector. */
function selected(all: Stored[], query: string): Stored[] {
  const selector = new URLSearchParams(query).get("labelSelector");
  const terms = [...(selector ?? "").matchAll(/([^\s,()=]+)(?:=([^,]+)| in \(([^)]+)\))/g)].map(
    ([, key, value, values]) => ({ key: key!, values: value === undefined ? values!.split(",") : [value] }),
  );
  return all.filter(({ metadata }) =>
    terms.every(({ key, values }) =>
      values.includes(String((metadata.labels as Record<string, string> | undefined)?.[key])),
    ),
  );
}

export function kubeconfigOf(address: string, user: object = { token: "t" }): string {
  const named = (key: string, value: object) => [{ name: "lab", [key]: value }];
  return stringify({
    "current-context": "lab",
    contexts: named("context", { cluster: "lab", user: "lab" }),
    clusters: named("cluster", { server: address, "insecure-skip-tls-verify": true }),
    users: named("user", user),
  });
}

export const paths = {
  definitions: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
  roles: "/apis/rbac.authorization.k8s.io/v1/clusterroles",
  bindings: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
  validators: "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
  injectors: "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
  configMaps: "/api/v1/configmaps",
  deployments: "/apis/apps/v1/deployments",
  secrets: "/api/v1/secrets",
  namespaces: "/api/v1/namespaces",
} as const;

/** Helm's annotations on what a release has made. */
export const ofRelease = (name: string, namespace = "istio-system") => ({
  "meta.helm.sh/release-name": name,
  "meta.helm.sh/release-namespace": namespace,
});

/** The definition of a kind of Istio's. */
export const definition = (plural: string, kind: string, metadata: object = {}): Stored => ({
  metadata: { name: `${plural}.networking.istio.io`, ...metadata },
  spec: {
    group: "networking.istio.io",
    names: { plural, kind },
    versions: [
      { name: "v1alpha3", served: false },
      { name: "v1", served: true },
    ],
  },
});

/** What an istiod puts into every namespace. */
export const rootCertificate = (namespace: string, metadata: object = {}): Stored => ({
  metadata: { name: "istio-ca-root-cert", namespace, labels: { "istio.io/config": "true" }, ...metadata },
});

/** An empty cluster with this id. */
export async function emptyCluster(uid: string): Promise<ApiServer> {
  const server = await new ApiServer().start();
  Object.assign(server.answers, {
    "/version": { major: "1", minor: "34", gitVersion: "v1.34.2" },
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews": { status: { allowed: true } },
  });
  server.add(paths.namespaces, { metadata: { name: "kube-system", uid } });
  return server;
}
