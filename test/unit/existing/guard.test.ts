import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { stringify } from "yaml";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { guard, type GuardInputs } from "../../../components/cluster/existing/guard-operations";

/** Stands for an API server: what it answers by path, and what was deleted. */
let answers: Record<string, unknown>;
let deleted: string[];
let server: http.Server;
let inputs: GuardInputs;

beforeEach(async () => {
  answers = {
    "/version": { major: "1", minor: "34", gitVersion: "v1.34.2" },
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews": { status: { allowed: true } },
    "/api/v1/namespaces/kube-system": { metadata: { uid: "cluster-1" } },
    "/api/v1/namespaces": { items: [{ metadata: { name: "kube-system", uid: "cluster-1" } }] },
    "/api/v1/nodes": {
      items: [
        { metadata: { name: "server" }, spec: { taints: [{ effect: "NoSchedule" }] }, status: { addresses: [{ type: "InternalIP", address: "10.0.0.1" }], conditions: [{ type: "Ready", status: "True" }] } },
        { metadata: { name: "agent" }, status: { addresses: [{ type: "InternalIP", address: "10.0.0.2" }, { type: "ExternalIP", address: "203.0.113.2" }], conditions: [{ type: "Ready", status: "True" }] } },
      ],
    },
  };
  deleted = [];
  server = http.createServer((request, response) => {
    const path = request.url!.split("?")[0]!;
    if (request.method === "DELETE") deleted.push(path);
    const answer = answers[path] ?? (request.method === "DELETE" ? {} : { items: null });
    const status = typeof answer === "number" ? answer : 200;
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(status === 200 ? answer : { message: "not you" }));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  inputs = { context: "lab", kubeconfig: kubeconfig(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), serviceType: "NodePort", gatewayApi: false };
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

function kubeconfig(address: string): string {
  const named = (key: string, value: object) => [{ name: "lab", [key]: value }];
  return stringify({ "current-context": "lab", contexts: named("context", { cluster: "lab", user: "lab" }), clusters: named("cluster", { server: address, "insecure-skip-tls-verify": true }), users: named("user", { token: "t" }) });
}

const nobody = () => ({ ...inputs, kubeconfig: kubeconfig("http://127.0.0.1:9") });
const state = () => ({ ...inputs, nodeAddress: "10.0.0.2", kubernetesVersion: "1.34.2" });

describe("made", () => {
  it("its id is the cluster's, and the address that of a node that takes pods, from outside where it has such a one", async () => {
    expect(await guard.create(inputs)).toEqual({ id: "cluster-1", outs: { ...inputs, nodeAddress: "203.0.113.2", kubernetesVersion: "1.34.2" } });
  });

  it("a Kubernetes that Istio does not support is refused, in a text of its own line", async () => {
    answers["/version"] = { major: "1", minor: "31+", gitVersion: "v1.31.9-gke.1" };
    await expect(guard.create(inputs)).rejects.toThrow("The cluster of context lab cannot have this seat:\n- Kubernetes version: 1.31.9-gke.1, and Istio 1.31 runs on 1.32 to 1.36.");
  });

  it("one that nobody answers for is an error that says so", async () => {
    await expect(guard.create(nobody())).rejects.toThrow(/^http:\/\/127\.0\.0\.1:9 does not answer: .*ECONNREFUSED/);
  });
});

describe("compared", () => {
  it("new credentials of the same cluster are an update, nothing more", async () => {
    expect(await guard.diff("cluster-1", state(), inputs)).toEqual({ changes: false });
    expect(await guard.diff("cluster-1", { ...state(), kubeconfig: "old" }, inputs)).toEqual({ changes: true });
  });

  it("another cluster is refused, with the ways out", async () => {
    await expect(guard.diff("cluster-0", state(), inputs)).rejects.toThrow(/^The context lab leads to another cluster .*npm run up -- --heal/);
  });

  it("goes on where nobody answers, and says that; and where it may not look", async () => {
    const said = vi.spyOn(console, "log").mockImplementation(() => undefined);
    expect(await guard.diff("cluster-1", { ...state(), ...nobody() }, nobody())).toEqual({ changes: false });
    expect(said).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/does not answer: .* What is in the cluster cannot be compared\.$/));
    answers["/api/v1/namespaces/kube-system"] = 403;
    expect(await guard.diff("cluster-1", state(), inputs)).toEqual({ changes: false });
  });
});

describe("refreshed", () => {
  const isKept = async (props: GuardInputs) => (await guard.read("cluster-1", { ...state(), ...props })).id === "cluster-1";

  it("it stays, whoever answers", async () => {
    expect(await isKept(nobody())).toBe(true);
    answers["/api/v1/namespaces/kube-system"] = { metadata: { uid: "cluster-2" } };
    expect(await isKept(inputs)).toBe(true);
  });

  it("by --heal it is forgotten only with its cluster: not because of credentials that have run out", async () => {
    vi.stubEnv("PULUMI_K8S_DELETE_UNREACHABLE", "true");
    expect(await isKept(inputs)).toBe(true);
    expect(await isKept(nobody())).toBe(false);
    answers["/api/v1/namespaces/kube-system"] = 401;
    expect(await isKept(inputs)).toBe(true);
    answers["/api/v1/namespaces/kube-system"] = { metadata: { uid: "cluster-2" } };
    expect(await isKept(inputs)).toBe(false);
  });
});

describe("deleted", () => {
  const definition = (plural: string, kind: string, release: string) => ({
    metadata: { name: `${plural}.networking.istio.io`, annotations: { "meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": "istio-system" } },
    spec: { group: "networking.istio.io", names: { plural, kind }, versions: [{ name: "v1alpha3", served: false }, { name: "v1", served: true }] },
  });
  const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

  it("nothing goes while others use a kind; they are named, ten at most", async () => {
    answers[DEFINITIONS] = { items: [definition("sidecars", "Sidecar", "istio-base")] };
    answers["/apis/networking.istio.io/v1/sidecars"] = { items: Array.from({ length: 12 }, (_, index) => ({ metadata: { name: `s${index}`, namespace: "shop" } })) };
    await expect(guard.delete("cluster-1", state())).rejects.toThrow(/used by others: Sidecar shop\/s0, .*Sidecar shop\/s9, and 2 more\. They would go/);
    expect(deleted).toEqual([]);
  });

  it("the kinds of this program's releases go, and what istiod put into every namespace; those of others stay", async () => {
    answers["/api/v1/configmaps"] = { items: [{ metadata: { name: "istio-ca-root-cert", namespace: "default" } }, { metadata: { name: "istio-ca-crl", namespace: "kong" } }, { metadata: { name: "theirs", namespace: "default" } }] };
    answers[DEFINITIONS] = { items: [definition("sidecars", "Sidecar", "istio-base"), definition("gateways", "Gateway", "somebody")] };
    server.prependListener("request", ({ method }) => {
      if (method === "DELETE") answers[DEFINITIONS] = { items: [definition("gateways", "Gateway", "somebody")] };
    });
    await guard.delete("cluster-1", state());
    expect(deleted.sort()).toEqual(["/api/v1/namespaces/default/configmaps/istio-ca-root-cert", "/api/v1/namespaces/kong/configmaps/istio-ca-crl", `${DEFINITIONS}/sidecars.networking.istio.io`]);
  });
});
