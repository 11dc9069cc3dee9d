import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { stringify } from "yaml";

interface Thing {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    managedFields?: object[];
  };
  [field: string]: unknown;
}

/** The kinds that it knows: where each is, and whether it has namespaces. */
const kinds: Record<string, { group: string; plural: string; namespaced: boolean }> = {
  Namespace: { group: "/api/v1", plural: "namespaces", namespaced: false },
  Secret: { group: "/api/v1", plural: "secrets", namespaced: true },
  Service: { group: "/api/v1", plural: "services", namespaced: true },
  ConfigMap: { group: "/api/v1", plural: "configmaps", namespaced: true },
  Deployment: { group: "/apis/apps/v1", plural: "deployments", namespaced: true },
  ClusterRole: { group: "/apis/rbac.authorization.k8s.io/v1", plural: "clusterroles", namespaced: false },
  ValidatingWebhookConfiguration: {
    group: "/apis/admissionregistration.k8s.io/v1",
    plural: "validatingwebhookconfigurations",
    namespaced: false,
  },
  CustomResourceDefinition: {
    group: "/apis/apiextensions.k8s.io/v1",
    plural: "customresourcedefinitions",
    namespaced: false,
  },
};

/** Stands for an API server that has objects, and loses those that are deleted. */
export class FakeCluster {
  private readonly objects = new Map<string, Thing>();
  private readonly server = http.createServer((request, response) => {
    const { status, body } = this.answer(request.method!, new URL(request.url!, "http://cluster"));
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (request.method === "DELETE" && status === 200) this.delete(request.url!, Buffer.concat(chunks).toString());
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  /** What was deleted, in order. */
  readonly deleted: string[] = [];
  /** Paths that are answered with this status whatever is there. */
  readonly refusals = new Map<string, number>();
  private uids = 0;

  static async start(uid = "cluster-1"): Promise<FakeCluster> {
    const cluster = new FakeCluster();
    await new Promise<void>((listening) => cluster.server.listen(0, "127.0.0.1", listening));
    cluster.add({ apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system", uid } });
    return cluster;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  get kubeconfig(): string {
    return kubeconfig(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}`);
  }

  add(thing: Thing): Thing {
    const whole = {
      ...thing,
      metadata: { uid: `uid-${++this.uids}`, creationTimestamp: "2026-11-28T10:00:05Z", ...thing.metadata },
    };
    this.objects.set(pathOf(whole), whole);
    return whole;
  }

  /** A revision of a release, as Helm keeps it. */
  addRecord(
    namespace: string,
    release: string,
    revision: number,
    status: string,
    manifest: readonly Thing[] = [],
  ): void {
    const record = {
      name: release,
      namespace,
      version: revision,
      info: { status },
      chart: { metadata: { name: release, version: "1" } },
      manifest: manifest.map((thing) => `---\n${stringify(thing)}`).join(""),
    };
    const packed = Buffer.from(gzipSync(JSON.stringify(record)).toString("base64")).toString("base64");
    const labels = { owner: "helm", name: release, status, version: String(revision) };
    this.add({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: `sh.helm.release.v1.${release}.v${revision}`, namespace, labels },
      data: { release: packed },
    });
  }

  /** It goes by itself. */
  remove(path: string): void {
    if (!this.objects.delete(path)) throw new Error(`${path} is not there`);
  }

  has(path: string): boolean {
    return this.objects.has(path);
  }

  private answer(method: string, { pathname, searchParams }: URL): { status: number; body: unknown } {
    const refused = this.refusals.get(pathname);
    if (refused !== undefined) return { status: refused, body: { message: "not for you" } };
    const group = Object.values(kinds).filter((kind) => kind.group === pathname);
    if (group.length > 0) {
      const resources = Object.entries(kinds)
        .filter(([, kind]) => kind.group === pathname)
        .flatMap(([kind, { plural, namespaced }]) => [
          { name: `${plural}/status`, kind, namespaced },
          { name: plural, kind, namespaced },
        ]);
      return { status: 200, body: { resources } };
    }
    const one = this.objects.get(pathname);
    if (one) return { status: 200, body: one };
    const selector = searchParams.get("labelSelector");
    if (method === "GET" && selector !== null) {
      const wanted = selector.split(",").map((pair) => pair.split("=") as [string, string]);
      const items = [...this.objects]
        .filter(
          ([path, { metadata }]) =>
            path.startsWith(`${pathname}/`) && wanted.every(([key, value]) => metadata.labels?.[key] === value),
        )
        .map(([, thing]) => thing);
      return { status: 200, body: { items: items.length > 0 ? items : null } };
    }
    return { status: 404, body: { message: "not found" } };
  }

  private delete(path: string, body: string): void {
    const { preconditions } = JSON.parse(body) as { preconditions?: { uid?: string } };
    if (preconditions?.uid !== this.objects.get(path)!.metadata.uid) return;
    this.objects.delete(path);
    this.deleted.push(path.split("/").slice(-1)[0]!);
  }
}

function pathOf({ kind, metadata: { name, namespace } }: Thing): string {
  const { group, plural, namespaced } = kinds[kind]!;
  return namespaced ? `${group}/namespaces/${namespace}/${plural}/${name}` : `${group}/${plural}/${name}`;
}

export function kubeconfig(server: string): string {
  const named = (key: string, value: object) => [{ name: "lab", [key]: value }];
  return stringify({
    "current-context": "lab",
    contexts: named("context", { cluster: "lab", user: "lab" }),
    clusters: named("cluster", { server, "insecure-skip-tls-verify": true }),
    users: named("user", { token: "t" }),
  });
}

/** What Pulumi's plugin writes where it creates an object. */
export const byPulumi = [
  { manager: "pulumi-kubernetes", operation: "Update" },
  { manager: "kube-controller-manager", operation: "Update", subresource: "status" },
];
/** What an object has that somebody made by hand, and that another Pulumi only changed. */
export const byHand = [
  { manager: "kubectl-create", operation: "Update" },
  { manager: "pulumi-kubernetes-1a2b3c4d", operation: "Apply" },
];

/** How Helm marks what a release has made. */
export function ofRelease(namespace: string, name: string): Record<string, string> {
  return { "meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": namespace };
}
