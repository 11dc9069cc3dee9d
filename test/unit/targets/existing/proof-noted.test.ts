import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stackQueries } from "../../../../cli/class/run/destroy-seat";
import type { Deployment } from "../../../../cli/stack/stack";
import { existingProof } from "../../../../cli/targets/existing/proof";
import type { Facts, ProofContext } from "../../../../cli/targets/proof";
import { type ApiServer, emptyCluster, kubeconfigOf } from "../../existing/api-server";

const { world } = vi.hoisted(() => ({
  world: { state: { resources: [], pending: 0 } as object, stacks: [] as string[] },
}));
vi.mock("../../../../cli/stack/stack", async (original) => ({
  ...(await original<object>()),
  exportStack: async (_: unknown, stack: string, secrets: string) => (
    expect([stack, secrets]).toEqual(["anna", "with secrets"]),
    world.state
  ),
  listStacks: async () => world.stacks.map((name) => ({ name })),
}));

const MARKER = "/api/v1/namespaces/kube-system/configmaps/istio-lab";
const context: ProofContext = { stack: "anna", workspace: { env: {} }, config: {} };
let server: ApiServer;
beforeEach(async () => void (server = await emptyCluster("cluster-1")));
afterEach(() => server.stop());

const guard = (kubeconfig = server.kubeconfig) => ({
  urn: "",
  type: "pulumi-nodejs:dynamic/cluster:Guard",
  id: "cluster-1",
  outputs: { kubeconfig: { plaintext: JSON.stringify(kubeconfig) } },
});
const drawn = { urn: "", type: "pulumi-nodejs:dynamic/cluster:SeatId", id: "s-1" };
const namespace = {
  urn: "",
  type: "kubernetes:core/v1:Namespace",
  id: "blog",
  outputs: { apiVersion: "v1", kind: "Namespace", metadata: { name: "blog" } },
};
const facts = (...resources: Deployment["resources"]) => (
  (world.state = { resources, pending: 0 }),
  existingProof().facts(context, world.state as Deployment)
);
const marks = (seat: string, record?: object) =>
  void (server.answers[MARKER] = {
    metadata: { uid: "m" },
    data: { seat, ...(record && { record: JSON.stringify(record) }) },
  });

describe("what is noted of a seat in somebody's cluster before it is destroyed", () => {
  const noted = { cluster: "cluster-1", seat: "s-1", objects: [{ apiVersion: "v1", kind: "Namespace", name: "blog" }] };

  it("is its cluster, its id, its objects, and the record of what was there before it", async () => {
    marks("s-1", { ConfigMap: ["u-1"] });
    expect(await facts(drawn, guard(), namespace)).toEqual({ ...noted, record: { ConfigMap: ["u-1"] } });
  });

  it("has no record of another seat, which is in its place: what was there before that one may be this one's", async () => {
    marks("s-2", { ConfigMap: ["u-1"] });
    expect(await facts(drawn, guard(), namespace)).toEqual(noted);
  });

  it("has none where the seat is older than the records, or nobody can be asked: its destroy tells that", async () => {
    marks("s-1");
    expect(await facts(drawn, guard(), namespace)).toEqual(noted);
    server.answers[MARKER] = 403;
    expect(await facts(drawn, guard(), namespace)).toEqual(noted);
    expect(await facts(drawn, guard(kubeconfigOf("http://127.0.0.1:1")), namespace)).toEqual(noted);
  });

  it("is that it never began only where the state has neither a cluster nor an object", async () => {
    expect(await facts()).toEqual({ objects: [], neverBegun: true });
    expect(await facts(namespace)).toEqual({ objects: noted.objects });
    expect(await facts(guard())).not.toHaveProperty("neverBegun");
  });
});

describe("what a chart made and nobody could read before", () => {
  const release = {
    urn: "urn:release",
    type: "kubernetes:helm.sh/v3:Release",
    inputs: { name: "istiod", namespace: "istio-system" },
    outputs: { status: { revision: 1 } },
  };
  const manifest = [
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: istiod\n  namespace: istio-system\n",
    "apiVersion: v1\nkind: Thing\nmetadata:\n  name: bad\nspec: [1\n",
  ].join("---\n");
  const record = {
    metadata: { name: "sh.helm.release.v1.istiod.v1", labels: { version: "1" } },
    data: {
      release: Buffer.from(
        gzipSync(JSON.stringify({ name: "istiod", namespace: "istio-system", manifest })).toString("base64"),
      ).toString("base64"),
    },
  };
  const rows = async () => {
    const noted = JSON.parse(JSON.stringify(await facts(drawn, guard(), release))) as Facts;
    const queries = await existingProof().queries(
      { ...context, config: { existing: JSON.stringify({ kubeconfig: server.kubeconfig }) } },
      noted,
    );
    return queries.filter(({ asked }) => asked === "kubectl get, before the seat was taken away");
  };

  it("has a row that was not asked, and never one that says that it is gone: an object, and a document", async () => {
    server.answers["/api/v1/namespaces/istio-system/secrets"] = { items: [record] };
    server.answers["/api/v1"] = { resources: [{ name: "services", kind: "Service", namespaced: true }] };
    server.answers["/api/v1/namespaces/istio-system/services/istiod"] = 403;
    expect(await rows()).toEqual([
      expect.objectContaining({ what: "Thing bad in Helm's record of release istio-system/istiod", left: [] }),
      expect.objectContaining({ what: "Service istio-system/istiod", left: [] }),
    ]);
    for (const { unknown } of await rows()) expect(unknown).toMatch(/^it was not asked for, because it could not be/);
  });

  it("has one where Helm's record could not be read", async () => {
    server.answers["/api/v1/namespaces/istio-system/secrets"] = 403;
    expect(await rows()).toMatchObject([{ what: "Helm's record of release istio-system/istiod", left: [] }]);
  });

  it("has none where everything was read", async () => {
    server.answers["/api/v1/namespaces/istio-system/secrets"] = { items: [] };
    expect(await rows()).toEqual([]);
  });
});

describe("what is left of a stack", () => {
  it("is a stack of its very name, and none that only begins or ends with it", async () => {
    world.stacks = ["anna-2", "joanna", "berta"];
    const [stack] = await stackQueries(context, "id");
    expect(stack).toMatchObject({ what: "stack", left: [], isLocal: true });
    world.stacks = ["anna-2", "anna"];
    expect((await stackQueries(context, "id"))[0]).toMatchObject({ left: ["anna"] });
  });
});
