import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Cluster } from "../../../embedded/provider/cluster";
import { ApiError } from "../../../kube";
import {
  deleteUnreachable,
  NotReadyError,
  PartialError,
  toGrpc,
  UnreachableError,
} from "../../../embedded/provider/errors";
import { Answers, notFound, object, refusals } from "./answers";

/** What the server answers to each path; it stands in for an API server. */
const pages: Record<string, [code: number, text: string]> = {};
const server = http.createServer((request, response) => {
  const [code, text] = pages[request.url!.split("?")[0]!] ?? [404, ""];
  response.writeHead(code).end(text);
});
beforeAll(() => new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening)));
afterAll(() => new Promise((closed) => (server.closeAllConnections(), server.close(closed))));

/** @param port where nobody listens, 1 */
function at(port = (server.address() as AddressInfo).port, cancelled = new AbortController().signal): Cluster {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromClusterAndUser(
    { name: "c", server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: "u" },
  );
  return new Cluster(kubeconfig, cancelled);
}
const status = (code: number, reason: string) =>
  JSON.stringify({ kind: "Status", code, reason, message: `it is ${reason}` });

describe("an answer of the API server", () => {
  beforeEach(
    () =>
      void Object.assign(pages, {
        "/yes": [200, '{"a":1}'],
        "/made": [201, '{"a":2}'],
        "/nothing": [204, ""],
        "/moved": [302, ""],
        "/status": [409, status(409, "AlreadyExists")],
        "/proxy": [502, "bad gateway\n"],
        "/empty": [500, ""],
      }),
  );

  it("is read where it says yes", async () => {
    expect(await Promise.all(["/yes", "/made", "/nothing"].map((path) => at().request("GET", path)))).toEqual([
      { a: 1 },
      { a: 2 },
      undefined,
    ]);
  });

  it.each([
    ["/status", { code: 409, reason: "AlreadyExists", message: "it is AlreadyExists" }],
    ["/proxy", { code: 502, reason: "", message: "bad gateway" }],
    ["/empty", { code: 500, message: "the server answered 500" }],
    ["/moved", { code: 302 }],
  ])("%s is an error, with what it says", async (path, error) => {
    const failed = at().request("GET", path);
    await expect(failed).rejects.toThrow(ApiError);
    await expect(failed).rejects.toMatchObject(error);
  });

  it("of a run that was cancelled is not waited for, apart from the look at what was done", async () => {
    const cancelled = AbortSignal.abort();
    await expect(at(undefined, cancelled).request("GET", "/yes")).rejects.toThrow("operation cancelled");
    expect(await at(undefined, cancelled).request("GET", "/yes", { evenCancelled: true })).toEqual({ a: 1 });
  });
});

describe("a cluster is reached", () => {
  it.each([200, 401, 403, 429, 500, 503])("by whatever it answers: %i", async (code) => {
    pages["/version"] = [code, "{}"];
    expect(await at().unreachable()).toBeUndefined();
  });

  it("by nobody where nobody listens, in the words of the official plugin", async () => {
    const why =
      'unable to load schema information from the API server: Get "http://127.0.0.1:1/openapi/v2?timeout=32s": dial tcp 127.0.0.1:1: connect: connection refused';
    expect(await at(1).unreachable()).toBe(why);
    await expect(at(1).request("GET", "/yes")).rejects.toThrow(UnreachableError);
    await expect(at(1).path(object("ConfigMap"))).rejects.toThrow(why);
  });
});

describe("the place of an object", () => {
  it.each([
    [object("ConfigMap"), "/api/v1/namespaces/shop/configmaps/x"],
    [object("ConfigMap", { metadata: { namespace: undefined } }), "/api/v1/namespaces/default/configmaps/x"],
    [object("Namespace"), "/api/v1/namespaces/x"],
    [object("Deployment", {}, "apps/v1"), "/apis/apps/v1/namespaces/shop/deployments/x"],
    [object("World", {}, "example.com/v1"), "/apis/example.com/v1/worlds/x"],
  ])("is that of its kind, and not of a part of it (%#)", async (o, path) => {
    expect(await new Answers().path(o)).toBe(path);
  });

  it("is asked for once, and again where the kind was not there, or nobody could say", async () => {
    const cluster = new Answers();
    for (let i = 0; i < 3; i++) await cluster.path(object("ConfigMap"));
    expect(cluster.kindsAsked).toBe(1);
    for (let i = 0; i < 2; i++)
      await expect(cluster.path(object("Moon"))).rejects.toThrow('no matches for kind "Moon" in version "v1"');
    expect(cluster.kindsAsked).toBe(2);
    const world = { resources: [{ name: "worlds", kind: "World", namespaced: false }] };
    const late = new Answers({ "GET /apis/example.com/v1": [refusals[6]![1], world] });
    await expect(late.path(object("World", {}, "example.com/v1"))).rejects.toThrow("the server is starting");
    expect(await late.path(object("World", {}, "example.com/v1"))).toBe("/apis/example.com/v1/worlds/x");
  });

  it.each(refusals)("where kinds are answered by %s is unknown: the kind is not missing", async (_, refusal) => {
    await expect(
      new Answers({ "GET /apis/example.com/v1": [refusal] }).path(object("World", {}, "example.com/v1")),
    ).rejects.toBe(refusal);
  });

  it("says whether there are namespaces, as far as anybody knows", async () => {
    const unknown = new Answers({
      "GET /apis/example.com/v1": [notFound],
      "GET /apis/rbac.authorization.k8s.io/v1": [notFound],
    });
    expect(await unknown.namespaced(object("World", {}, "example.com/v1"))).toBeUndefined();
    expect(await unknown.namespaced(object("ClusterRole", {}, "rbac.authorization.k8s.io/v1"))).toBe(false);
    expect(await new Answers().namespaced(object("ConfigMap"))).toBe(true);
    expect([
      await unknown.knows(object("World", {}, "example.com/v1")),
      await new Answers().knows(object("ConfigMap")),
    ]).toEqual([false, true]);
  });
});

describe("an error on its way to the engine", () => {
  it("keeps what was done where something was", () => {
    const partial = toGrpc(new PartialError("shop/x", "not ready", ["no image"], { data: { a: "1" } }, { data: {} }));
    const bytes = partial.metadata!.get("grpc-status-details-bin")[0]!.toString();
    for (const part of ["pulumirpc.ErrorResourceInitFailed", "shop/x", "not ready", "no image"])
      expect(bytes).toContain(part);
    expect(partial.details).toBe("not ready");
  });

  it("is its message alone where nothing was", () => {
    for (const error of [new NotReadyError("not ready", []), new Error("not ready")])
      expect(toGrpc(error)).toEqual({ code: 2, details: "not ready" });
    expect(toGrpc("text")).toEqual({ code: 2, details: "text" });
  });

  it("of a cluster that cannot be reached names the way out", () => {
    expect(deleteUnreachable().message).toContain("PULUMI_K8S_DELETE_UNREACHABLE");
  });
});
