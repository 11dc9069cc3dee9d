import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { guard, type GuardInputs } from "../../../components/cluster/existing/guard-operations";
import {
  definition,
  emptyCluster,
  kubeconfigOf,
  ofRelease,
  paths,
  rootCertificate,
  type ApiServer,
} from "./api-server";
import { istio, istioMinor, kubernetesRange } from "../../../versions";

let server: ApiServer;
let inputs: GuardInputs;
let said: string[];

beforeEach(async () => {
  server = await emptyCluster("cluster-1");
  const ready = { conditions: [{ type: "Ready", status: "True" }] };
  server.add(
    "/api/v1/nodes",
    {
      metadata: { name: "server" },
      spec: { taints: [{ effect: "NoSchedule" }] },
      status: { addresses: [{ type: "InternalIP", address: "10.0.0.1" }], ...ready },
    },
    {
      metadata: { name: "agent" },
      status: {
        addresses: [
          { type: "InternalIP", address: "10.0.0.2" },
          { type: "ExternalIP", address: "203.0.113.2" },
        ],
        ...ready,
      },
    },
  );
  inputs = {
    context: "lab",
    kubeconfig: server.kubeconfig,
    serviceType: "NodePort",
    gatewayApi: false,
    seat: "seat-1",
    stack: "shared",
    project: "istio-lab",
  };
  said = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void said.push(line));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await server.stop();
});

const nobody = () => ({ ...inputs, kubeconfig: kubeconfigOf("http://127.0.0.1:9") });
const marker = () => server.collections.get(paths.configMaps)?.find(({ metadata }) => metadata.name === "istio-lab");
const record = () => JSON.parse((marker()!.data as { record: string }).record) as Record<string, string[]>;
const state = () => ({ ...inputs, nodeAddress: "10.0.0.2", kubernetesVersion: "1.34.2" });

describe("made", () => {
  it("its id is the cluster's, and the address that of a node that takes pods, from outside where it has such a one", async () => {
    expect(await guard.create(inputs)).toEqual({
      id: "cluster-1",
      outs: { ...inputs, nodeAddress: "203.0.113.2", kubernetesVersion: "1.34.2" },
    });
  });

  it.each([
    [{ InternalIP: ["fd00:10::5", "10.0.0.5"] }, "10.0.0.5"],
    [{ InternalIP: ["10.0.0.5"], ExternalIP: ["2001:db8::5"] }, "10.0.0.5"],
    [{ InternalIP: ["10.0.0.5"], ExternalIP: ["2001:db8::5", "203.0.113.5"] }, "203.0.113.5"],
    [{ InternalIP: ["fd00:10::5"], ExternalIP: ["2001:db8::5"] }, "2001:db8::5"],
    [{ InternalIP: ["fd00:10::5"] }, "fd00:10::5"],
    [{}, ""],
  ])("of a node's addresses %j the seat is at %j: IPv4 where there is one", async (addresses, nodeAddress) => {
    server.collections.set("/api/v1/nodes", []);
    server.add("/api/v1/nodes", {
      metadata: { name: "dual" },
      status: {
        addresses: Object.entries(addresses).flatMap(([type, all]) => all.map((address) => ({ type, address }))),
        conditions: [{ type: "Ready", status: "True" }],
      },
    });
    expect(await guard.create(inputs)).toMatchObject({ outs: { nodeAddress } });
  });

  it("a Kubernetes that Istio does not support is refused, in a text of its own line", async () => {
    const tooOld = `1.${istio.kubernetes.from - 1}.9-gke.1`;
    server.answers["/version"] = { major: "1", minor: `${istio.kubernetes.from - 1}+`, gitVersion: `v${tooOld}` };
    await expect(guard.create(inputs)).rejects.toThrow(
      `The cluster of context lab cannot have this seat:\n- Kubernetes version: ${tooOld}, and Istio ${istioMinor} runs on ${kubernetesRange}.`,
    );
  });

  it("a node that the seat's images are not for is refused by its name; a seat that stands shows no change for it", async () => {
    server.add("/api/v1/nodes", {
      metadata: { name: "graviton" },
      status: { conditions: [{ type: "Ready", status: "True" }], nodeInfo: { architecture: "arm64" } },
    });
    const amd64Only = ["docker.io/amrelhewy/service-mesh-temp-api:1.0"];
    await expect(guard.create({ ...inputs, amd64Only })).rejects.toThrow(
      "- architecture: node graviton is arm64, and of docker.io/amrelhewy/service-mesh-temp-api:1.0 only amd64 is known. Choose lessons without them",
    );
    expect(marker()).toBeUndefined();
    expect(await guard.create(inputs)).toMatchObject({ id: "cluster-1" });
    expect(await guard.diff("cluster-1", state(), { ...inputs, amd64Only })).toEqual({ changes: false });
  });

  it("it marks the cluster first, with the stack, the seat's id, and what was there before it; nobody can change that any more", async () => {
    server.add(paths.configMaps, rootCertificate("shop", { uid: "theirs" }));
    server.add(paths.roles, { metadata: { name: "admin", uid: "other" } });
    await guard.create(inputs);
    expect(server.changes).toEqual(["POST /api/v1/namespaces/kube-system/configmaps"]);
    expect(marker()).toMatchObject({
      metadata: { namespace: "kube-system", labels: { "app.kubernetes.io/managed-by": "istio-lab" } },
      immutable: true,
      data: { seat: "seat-1", stack: "shared", project: "istio-lab" },
    });
    expect(record()).toMatchObject({
      ConfigMap: ["theirs"],
      ClusterRole: [],
      CustomResourceDefinition: [],
      ValidatingWebhookConfiguration: [],
    });
  });

  it("after a kill its own mark counts, with the old record: by now the cluster may have what the killed run made", async () => {
    await guard.create(inputs);
    server.add(paths.configMaps, rootCertificate("shop"));
    server.add(paths.definitions, definition("sidecars", "Sidecar", { annotations: ofRelease("istio-base") }));
    await guard.create(inputs);
    expect(server.names(paths.configMaps)).toEqual(["kube-system/istio-lab", "shop/istio-ca-root-cert"]);
    expect(record()).toMatchObject({ ConfigMap: [], CustomResourceDefinition: [] });
  });

  it("a cluster with the seat of another is refused, also of a stack of the same name", async () => {
    await guard.create(inputs);
    await expect(guard.create({ ...inputs, seat: "seat-2" })).rejects.toThrow(
      /- another seat: the seat of stack shared of project istio-lab \(ConfigMap kube-system\/istio-lab, seat seat-1\)\. Choose another cluster/,
    );
  });

  it("of two that come at once one is refused: only one can make the mark", async () => {
    const both = await Promise.allSettled([
      guard.create(inputs),
      guard.create({ ...inputs, seat: "seat-2", stack: "second" }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(String((both.find(({ status }) => status === "rejected") as PromiseRejectedResult).reason)).toMatch(
      /the seat of stack (shared|second) of project istio-lab/,
    );
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

  it("a seat that is older than its id gets one, and its cluster a mark without a record: what was there before cannot be told any more", async () => {
    const { seat, stack, project, ...old } = state();
    expect(await guard.diff("cluster-1", old, inputs)).toEqual({ changes: true });
    await guard.update("cluster-1", old, inputs);
    expect(marker()!.data).toEqual({ seat: "seat-1", stack: "shared", project: "istio-lab" });
  });

  it("another cluster is refused, with the ways out", async () => {
    await expect(guard.diff("cluster-0", state(), inputs)).rejects.toThrow(
      /^The context lab leads to another cluster .*npm run up -- --stack \S+ --heal/,
    );
  });

  it("goes on where nobody answers, and says that; and where it may not look", async () => {
    expect(await guard.diff("cluster-1", { ...state(), ...nobody() }, nobody())).toEqual({ changes: false });
    expect(said).toEqual([expect.stringMatching(/does not answer: .* What is in the cluster cannot be compared\.$/)]);
    server.answers["/api/v1/namespaces/kube-system"] = 403;
    expect(await guard.diff("cluster-1", state(), inputs)).toEqual({ changes: false });
  });
});

describe("refreshed", () => {
  const isKept = async (props: GuardInputs) =>
    (await guard.read("cluster-1", { ...state(), ...props })).id === "cluster-1";
  const another = () => (server.answers["/api/v1/namespaces/kube-system"] = { metadata: { uid: "cluster-2" } });

  it("it stays, whoever answers", async () => {
    expect(await isKept(nobody())).toBe(true);
    another();
    expect(await isKept(inputs)).toBe(true);
  });

  it.each([401, 403, 404, 500, { metadata: {} }])(
    "by --heal it stays where nobody knows whose the answer is: %s",
    async (answer) => {
      vi.stubEnv("PULUMI_K8S_DELETE_UNREACHABLE", "true");
      server.answers["/api/v1/namespaces/kube-system"] = answer;
      expect(await isKept(inputs)).toBe(true);
    },
  );

  it("by --heal it is forgotten only where another cluster answers: one that does not may be off, with all that is in it", async () => {
    vi.stubEnv("PULUMI_K8S_DELETE_UNREACHABLE", "true");
    expect(await isKept(inputs)).toBe(true);
    expect(await isKept(nobody())).toBe(true);
    another();
    expect(await isKept(inputs)).toBe(false);
  });
});

describe("deleted", () => {
  const release = (name: string, namespace?: string) => ({ annotations: ofRelease(name, namespace) });
  const left = () => ({
    kinds: server.names(paths.definitions),
    roles: server.names(paths.roles),
    webhooks: server.names(paths.validators),
    configMaps: server.names(paths.configMaps),
  });
  const deletions = () => server.changes.filter((change) => change.startsWith("DELETE"));

  /** What a release leaves, and istiod in every namespace. */
  function makeSeat(): void {
    server.add(
      paths.definitions,
      definition("sidecars", "Sidecar", { ...release("istio-base"), creationTimestamp: "2026-11-28T10:00:00Z" }),
    );
    server.add(paths.roles, {
      metadata: {
        name: "istiod-clusterrole-istio-system",
        ...release("istiod"),
        creationTimestamp: "2026-11-28T10:00:05Z",
      },
    });
    server.add(paths.validators, {
      metadata: {
        name: "istio-validator-istio-system",
        ...release("istiod"),
        creationTimestamp: "2026-11-28T10:00:05Z",
      },
    });
    server.add(paths.configMaps, rootCertificate("default", { creationTimestamp: "2026-11-28T10:00:09Z" }));
  }

  it("nothing goes while others use a kind; they are named, ten at most", async () => {
    await guard.create(inputs);
    makeSeat();
    server.add(
      "/apis/networking.istio.io/v1/sidecars",
      ...Array.from({ length: 12 }, (_, index) => ({ metadata: { name: `s${index}`, namespace: "shop" } })),
    );
    await expect(guard.delete("cluster-1", state())).rejects.toThrow(
      /Others use the kinds .*: Sidecar shop\/s0, .*Sidecar shop\/s9, and 2 more\. Deleting the kinds/,
    );
    expect(deletions()).toEqual([]);
  });

  it("what came after the record goes, and the mark last; what was there before, or is of others, stays", async () => {
    server.add(paths.definitions, { metadata: { name: "httproutes.gateway.networking.k8s.io" } });
    server.add(paths.configMaps, rootCertificate("kong"), { metadata: { name: "theirs", namespace: "default" } });
    await guard.create(inputs);
    // A mark alone says nothing: a chart may have taken over what was there.
    server.collections.get(paths.definitions)![0]!.metadata.annotations = ofRelease("gateway-api");
    makeSeat();
    server.add(paths.definitions, definition("gateways", "Gateway", release("somebody")), {
      metadata: { name: "widgets.example.org", ...release("istio-base") },
    });
    server.add(paths.validators, { metadata: { name: "istio-validator-mesh", ...release("istiod", "mesh") } });
    await guard.delete("cluster-1", state());
    expect(left()).toEqual({
      kinds: ["httproutes.gateway.networking.k8s.io", "gateways.networking.istio.io", "widgets.example.org"],
      roles: [],
      webhooks: ["istio-validator-mesh"],
      configMaps: ["kong/istio-ca-root-cert", "default/theirs"],
    });
    expect(deletions().at(-1)).toBe("DELETE /api/v1/namespaces/kube-system/configmaps/istio-lab");
    expect(said).toEqual([expect.stringMatching(/^Deleted Istio's kinds too \(\d+\), although Helm/)]);
  });

  it("another object of a name that was read before is not deleted for it", async () => {
    await guard.create(inputs);
    makeSeat();
    // Between the list and the delete somebody has made another one.
    const [kind] = server.collections.get(paths.definitions)!;
    Object.defineProperty(server.answers, `${paths.definitions}/sidecars.networking.istio.io`, {
      get: () => {
        kind!.metadata.uid = "made-anew";
        return undefined;
      },
    });
    await guard.delete("cluster-1", state());
    expect(left().kinds).toEqual(["sidecars.networking.istio.io"]);
  });

  it.each<[string, unknown, RegExp]>([
    [
      "another cluster",
      { metadata: { uid: "cluster-2" } },
      /^The cluster that answers at http:\/\/127.* is not the one that has this stack's seat, so nothing is deleted in it\./,
    ],
    ["401", 401, /not you/],
    ["404", 404, /not you/],
    ["no uid", { kind: "Status" }, /namespace kube-system has no uid/],
    ["a page", "<html>", /is not an API server/],
  ])("nothing goes where the answer is %s", async (_, answer, message) => {
    await guard.create(inputs);
    makeSeat();
    server.answers["/api/v1/namespaces/kube-system"] = answer;
    await expect(guard.delete("cluster-1", state())).rejects.toThrow(message);
    expect(deletions()).toEqual([]);
  });

  it("nothing goes where the cluster has the seat of another by now", async () => {
    await guard.create({ ...inputs, seat: "seat-2", stack: "theirs" });
    makeSeat();
    await guard.delete("cluster-1", state());
    expect(deletions()).toEqual([]);
    expect(said).toEqual([
      expect.stringMatching(/^The cluster has the seat of stack theirs .* now\. Nothing of Istio's was deleted/),
    ]);
  });

  it.each([
    [
      "an istiod",
      paths.deployments,
      { name: "istiod", namespace: "istio-system", labels: { app: "istiod" } },
      "Deployment istio-system/istiod",
    ],
    [
      "a release that Istio's own guide names so",
      paths.secrets,
      {
        name: "sh.helm.release.v1.istio-base.v1",
        namespace: "istio-system",
        labels: { owner: "helm", name: "istio-base" },
      },
      "Secret istio-system/sh.helm.release.v1.istio-base.v1",
    ],
  ])("while the cluster has %s, what it uses stays and is named", async (_, path, metadata, name) => {
    await guard.create(inputs);
    makeSeat();
    server.add(path, { metadata });
    await guard.delete("cluster-1", state());
    expect(deletions()).toEqual(["DELETE /api/v1/namespaces/kube-system/configmaps/istio-lab"]);
    expect(said.join()).toContain(
      `another Istio is in the cluster (${name}) and uses it: CustomResourceDefinition sidecars.networking.istio.io, ClusterRole istiod-clusterrole-istio-system`,
    );
  });

  describe("without a record, as a seat of an older program", () => {
    it("its kinds go, which its guard had refused, and what came after them; older things are named, with the commands", async () => {
      server.add(
        paths.configMaps,
        rootCertificate("kong", { creationTimestamp: "2026-11-28T09:59:59Z" }),
        rootCertificate("undated"),
      );
      server.add(paths.roles, {
        metadata: { name: "istio-reader-old", ...release("istiod"), creationTimestamp: "2026-11-01T00:00:00Z" },
      });
      makeSeat();
      await guard.delete("cluster-1", state());
      expect(left()).toEqual({
        kinds: [],
        roles: ["istio-reader-old"],
        webhooks: [],
        configMaps: ["kong/istio-ca-root-cert", "undated/istio-ca-root-cert"],
      });
      expect(said).toEqual([
        expect.stringMatching(/^Deleted Istio's kinds too/),
        "Left in the cluster, because nothing proves that this stack made it: ClusterRole istio-reader-old, ConfigMap kong/istio-ca-root-cert, ConfigMap undated/istio-ca-root-cert. " +
          "If nobody uses it: `kubectl delete clusterrole/istio-reader-old`, `kubectl delete -n kong configmap/istio-ca-root-cert`, `kubectl delete -n undated configmap/istio-ca-root-cert`",
      ]);
    });

    it("nothing goes where its kinds are gone: nothing else is dated by them", async () => {
      makeSeat();
      server.collections.delete(paths.definitions);
      await guard.delete("cluster-1", state());
      expect(deletions()).toEqual([]);
      expect(said.join()).toContain("nothing proves that this stack made it");
    });
  });
});
