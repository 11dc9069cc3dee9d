import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { settle } from "../../../../cli/stack/pending/settle";
import type { PendingOperation, StateResource } from "../../../../cli/stack/stack";
import type { Workspace } from "../../../../cli/stack/workspace";
import { byHand, byPulumi, FakeCluster, kubeconfig, ofRelease } from "./cluster";

/** What `pulumi stack export` gives, and what was imported. */
let deployment: { resources: StateResource[]; pending_operations?: PendingOperation[] };
let imported: typeof deployment | undefined;
/** What the engine was told to read anew. */
let refreshed: string[];
let locked: boolean;
let chosen: string;
vi.mock("../../../../cli/stack/workspace", () => ({
  pulumiOutput: async (_workspace: unknown, args: string[]) => {
    if (args[0] === "refresh")
      refreshed.push(
        ...(args.includes("--target")
          ? args.flatMap((word, index) => (args[index - 1] === "--target" ? [word] : []))
          : ["everything"]),
      );
    return JSON.stringify({ version: 3, deployment });
  },
  importStack: async (_workspace: unknown, _stack: string, checkpoint: { deployment: typeof deployment }) => {
    if (locked) throw new Error("the stack is currently locked");
    imported = checkpoint.deployment;
  },
}));
vi.mock("../../../../cli/stack/settings", () => ({
  settingsOf: async () => ({ target: "existing", existing: { kubeconfig: chosen } }),
}));

let cluster: FakeCluster;
let state: string;
let workspace: Workspace;
beforeEach(async () => {
  cluster = await FakeCluster.start();
  chosen = cluster.kubeconfig;
  state = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-pending-"));
  workspace = { env: {}, state };
  imported = undefined;
  refreshed = [];
  locked = false;
  const system = cluster.add({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "istio-system", creationTimestamp: "2026-11-28T10:00:00Z" },
  });
  deployment = {
    resources: [
      guard(),
      provider("Existing"),
      resource(
        "core/v1:Namespace",
        "istio-system",
        { metadata: { name: "istio-system" } },
        { id: "istio-system", outputs: structuredClone(system) },
      ),
    ],
  };
});
afterEach(async () => {
  await cluster.stop();
  fs.rmSync(state, { recursive: true });
});

const secretText = (text: string) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(text),
});
function guard(): StateResource {
  return {
    urn: urn("pulumi-nodejs:dynamic/cluster:Guard", "seat-guard"),
    type: "pulumi-nodejs:dynamic/cluster:Guard",
    id: "cluster-1",
    outputs: { kubeconfig: secretText(cluster.kubeconfig) },
  };
}
function provider(of: "Existing" | "Embedded"): StateResource {
  return {
    urn: `urn:pulumi:x::istio-lab::istio-lab:cluster:${of}$pulumi:providers:kubernetes::seat-kubernetes`,
    type: "pulumi:providers:kubernetes",
    id: "p1",
    inputs: { kubeconfig: secretText(cluster.kubeconfig) },
  };
}
function urn(type: string, name: string): string {
  return `urn:pulumi:x::istio-lab::${type}::${name}`;
}
function resource(
  kind: string,
  name: string,
  inputs: Record<string, unknown>,
  more: Partial<StateResource> = {},
): StateResource {
  const { urn: provider, id } = deployment?.resources[1] ?? { urn: "", id: "" };
  return {
    urn: urn(`kubernetes:${kind}`, name),
    type: `kubernetes:${kind}`,
    inputs,
    provider: `${provider}::${id}`,
    ...more,
  };
}
function open(type: PendingOperation["type"], ...resources: StateResource[]): PendingOperation[] {
  return (deployment.pending_operations = resources.map((resource) => ({ type, resource })));
}
const details = (more: object = {}) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "details", namespace: "default" },
  spec: { replicas: 1 },
  ...more,
});
const deploymentOf = (more: object = {}) => resource("apps/v1:Deployment", "details-v1", details(more));
const istiod = () =>
  resource("helm.sh/v3:Release", "istio-istiod", { name: "istiod", namespace: "istio-system", values: {} });
const role = (name: string, annotations?: Record<string, string>) => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRole",
  metadata: { name, annotations },
});
const up = (operations = deployment.pending_operations!) => settle(workspace, "x", operations, "up");
const down = (operations = deployment.pending_operations!) => settle(workspace, "x", operations, "down");

/** Nothing was changed, neither there nor in the state. */
function expectUntouched(): void {
  expect(cluster.deleted).toEqual([]);
  expect(imported).toBeUndefined();
  expect(refreshed).toEqual([]);
}

it.each(["up", "down"] as const)(
  "%s forgets what a run was creating that was killed at its first resource: Pulumi prints no list of resources then",
  async (command) => {
    const [operation] = open("creating", { urn: urn("azure-native:resources:ResourceGroup", "seat"), type: "x" });
    const whole = deployment;
    deployment = { pending_operations: [operation!] } as typeof deployment;
    const said = await settle(workspace, "x", [operation!], command).finally(() => (deployment = whole));
    expect(said).toBe("An earlier run was killed while it worked on seat: continuing from there.");
    expect(imported).toEqual({ resources: [] });
  },
);

describe("up, an object that a killed run was creating in a cluster that is somebody's", () => {
  it("is dropped where the cluster says that there is none", async () => {
    open("creating", deploymentOf());
    expect(await up()).toBe(
      "An earlier run was killed while it worked on details-v1: continuing from there. Deployment default/details: does not exist.",
    );
    expect(imported).toEqual({ resources: deployment.resources });
  });

  it("is dropped where the cluster does not have its kind", async () => {
    open(
      "creating",
      resource("networking.istio.io/v1:VirtualService", "vs", {
        apiVersion: "networking.istio.io/v1",
        kind: "VirtualService",
        metadata: { name: "vs", namespace: "default" },
      }),
    );
    await up();
    expect(imported!.pending_operations).toBeUndefined();
  });

  it("is taken into the state where Pulumi created it, to be applied again", async () => {
    const live = cluster.add(
      details({
        metadata: { name: "details", namespace: "default", managedFields: byPulumi },
        status: { replicas: 1 },
      }),
    );
    open("creating", deploymentOf());
    expect(await up()).toContain("Deployment default/details: exists, and is now in the state.");
    const { outputs, ...adopted } = imported!.resources.at(-1)!;
    expect(adopted).toEqual({ ...deploymentOf(), id: "default/details", initErrors: [expect.any(String)] });
    expect(outputs).toEqual({
      ...live,
      __inputs: details(),
      __initialApiVersion: "apps/v1",
      __fieldManager: expect.stringMatching(/^pulumi-kubernetes-[0-9a-f]{8}$/),
    });
    expect(imported!.pending_operations).toBeUndefined();
    expect(cluster.deleted).toEqual([]);
  });

  it("stops the run where it is older than the seat: another program of Pulumi has made it", async () => {
    cluster.add({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "istio-lab", namespace: "kube-system", creationTimestamp: "2026-11-28T10:00:06Z" },
    });
    const live = cluster.add(details({ metadata: { name: "details", namespace: "default", managedFields: byPulumi } }));
    open("creating", deploymentOf());
    await expect(up()).rejects.toThrow("Deployment default/details: exists, and was not made by this stack");
    expectUntouched();
    live.metadata.creationTimestamp = "2026-11-28T10:00:06Z";
    expect(await up()).toContain("Deployment default/details: exists, and is now in the state");
  });

  it("is taken into the state without a writer, as an empty ServiceAccount is, where it came after the seat; else the run stops", async () => {
    cluster.add(details());
    open("creating", deploymentOf());
    await expect(up()).rejects.toThrow("exists, and was not made by this stack (field manager unknown)");
    const mark = cluster.add({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "istio-lab", namespace: "kube-system", creationTimestamp: "2026-11-28T10:00:06Z" },
    });
    await expect(up()).rejects.toThrow("exists, and was not made by this stack (field manager unknown)");
    expectUntouched();
    mark.metadata.creationTimestamp = "2026-11-28T10:00:05Z";
    expect(await up()).toContain("exists, and is now in the state");
  });

  it("takes the place of what its replacement had deleted", async () => {
    cluster.add(details({ metadata: { name: "details", namespace: "default", managedFields: byPulumi } }));
    const old = { ...deploymentOf(), id: "default/details", pendingReplacement: true };
    deployment.resources.push(old);
    open("creating", deploymentOf());
    await up();
    expect(imported!.resources.filter(({ urn }) => urn === old.urn)).toEqual([
      expect.not.objectContaining({ pendingReplacement: true }),
    ]);
  });

  it("keeps its secrets: those of the inputs, and a Secret's data", async () => {
    const locked = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc" };
    const metadata = { name: "s", namespace: "default", managedFields: byPulumi };
    cluster.add({ apiVersion: "v1", kind: "Secret", metadata, data: { key: "c2VjcmV0" } });
    cluster.add({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { open: "1", closed: "secret" } });
    const named = { name: "s", namespace: "default" };
    open(
      "creating",
      resource("core/v1:Secret", "s", { apiVersion: "v1", kind: "Secret", metadata: named, data: { key: "c2VjcmV0" } }),
      resource("core/v1:ConfigMap", "c", {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: named,
        data: { open: "1", closed: locked },
      }),
    );
    await up();
    const [secret, map] = imported!.resources.slice(-2).map(({ outputs }) => outputs!);
    expect(secret).toMatchObject({ data: { plaintext: '{"key":"c2VjcmV0"}' }, __inputs: { metadata: named } });
    expect(map!.data).toEqual({ open: "1", closed: expect.objectContaining({ plaintext: '"secret"' }) });
  });

  it.each([
    ["by hand, which another Pulumi only changed", byHand],
    ["before the API server kept who writes what", undefined],
    ["by another program, whose name begins so", [{ manager: "pulumi-kubernetes-operator", operation: "Update" }]],
    ["by Pulumi, which applied it under its plain name", [{ manager: "pulumi-kubernetes", operation: "Apply" }]],
    [
      "by Pulumi's hand at its status alone",
      [{ manager: "pulumi-kubernetes", operation: "Update", subresource: "status" }],
    ],
  ])("stops the run where it was made %s", async (_, managedFields) => {
    cluster.add(details({ metadata: { name: "details", namespace: "default", managedFields } }));
    cluster.addRecord("istio-system", "istiod", 1, "pending-install");
    open("creating", deploymentOf(), istiod());
    await expect(up()).rejects.toThrow(
      /Nothing has been changed:\n- Deployment default\/details: exists, and was not made by this stack \(field manager .*\)\n.*npm run up -- --stack x.*npm run down -- --stack x/,
    );
    expectUntouched();
  });

  it.each([403, 500, 503])(
    "stops the run where the cluster answers %d, of the object or of its kind",
    async (status) => {
      for (const asked of ["/apis/apps/v1/namespaces/default/deployments/details", "/apis/apps/v1"]) {
        cluster.refusals.clear();
        cluster.refusals.set(asked, status);
        open("creating", deploymentOf());
        await expect(up()).rejects.toThrow(/- details-v1: it is unknown whether it exists \(not for you\)/);
        expectUntouched();
      }
    },
  );

  it("stops the run where the cluster does not answer, or another one does", async () => {
    open("creating", deploymentOf());
    chosen = kubeconfig("http://127.0.0.1:9");
    await expect(up()).rejects.toThrow(/does not answer: .*ECONNREFUSED/);
    const other = await FakeCluster.start("cluster-2");
    chosen = other.kubeconfig;
    await expect(up()).rejects.toThrow(/is not the one that has the seat of stack x/);
    await other.stop();
    expectUntouched();
  });

  it.each([
    ["name", { name: undefined, namespace: "default" }],
    ["namespace", { name: "details" }],
  ])("stops the run where the state gives no %s", async (what, metadata) => {
    open("creating", deploymentOf({ metadata }));
    await expect(up()).rejects.toThrow(`the state has no ${what} for`);
    expectUntouched();
  });

  it("is dropped where the state has it already, and so are updates, and what is no object", async () => {
    deployment.resources.push({ ...deploymentOf(), id: "default/details" });
    const patch = resource("core/v1:NamespacePatch", "default", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "default" },
    });
    const dynamic = {
      urn: urn("pulumi-nodejs:dynamic/cluster:Guard", "g"),
      type: "pulumi-nodejs:dynamic/cluster:Guard",
    };
    const operations = [...open("updating", deploymentOf()), ...open("creating", deploymentOf(), patch, dynamic)];
    cluster.refusals.set("/apis/apps/v1", 500);
    expect(await up(operations)).toBe(
      "An earlier run was killed while it worked on details-v1, details-v1, default, g: continuing from there.",
    );
    expect(imported).toEqual({ resources: deployment.resources });
  });

  it("is looked for where a replacement of another name is being made", async () => {
    deployment.resources.push({ ...deploymentOf(), id: "default/details-old" });
    cluster.add(details({ metadata: { name: "details", namespace: "default", managedFields: byPulumi } }));
    open("creating", deploymentOf());
    await up();
    expect(imported!.resources.at(-1)!.id).toBe("default/details");
  });
});

describe.each(["a cluster that is somebody's", "a cluster of the stack's own"])(
  "up, a release that a killed run worked on in %s",
  (whose) => {
    beforeEach(() => {
      if (whose === "a cluster of the stack's own")
        deployment.resources.splice(0, 2, { urn: "", type: "none" }, provider("Embedded"));
    });

    it.each(["pending-install", "deployed", "failed", "uninstalling"])(
      "creating, and it is %s: its records are deleted, and no other's",
      async (status) => {
        cluster.addRecord("istio-system", "istiod", 1, "superseded");
        cluster.addRecord("istio-system", "istiod", 2, status);
        cluster.addRecord("istio-system", "istio-base", 1, "deployed");
        cluster.addRecord("shop", "istiod", 1, "pending-install");
        cluster.add({
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name: "istio-ca-secret", namespace: "istio-system", labels: { name: "istiod" } },
        });
        open("creating", istiod());
        expect(await up()).toContain(
          `Helm release istio-system/istiod: ${status}, and its records are deleted, so that Helm can install it again`,
        );
        expect(cluster.deleted.sort()).toEqual(["sh.helm.release.v1.istiod.v1", "sh.helm.release.v1.istiod.v2"]);
        expect(imported).toEqual({ resources: deployment.resources });
      },
    );

    it("creating, and there is none: it is dropped", async () => {
      open("creating", istiod());
      await up();
      expect(cluster.deleted).toEqual([]);
      expect(imported!.pending_operations).toBeUndefined();
    });

    it.each(["pending-upgrade", "pending-rollback"])(
      "updating, and it is %s: only that revision's record is deleted",
      async (status) => {
        cluster.addRecord("istio-system", "istiod", 9, "deployed");
        cluster.addRecord("istio-system", "istiod", 10, status);
        open("updating", istiod());
        expect(await up()).toContain("so that Helm can upgrade it again");
        expect(cluster.deleted).toEqual(["sh.helm.release.v1.istiod.v10"]);
      },
    );

    it.each(["deployed", "failed"])("updating, and it is %s: nothing is deleted", async (status) => {
      cluster.addRecord("istio-system", "istiod", 1, "superseded");
      cluster.addRecord("istio-system", "istiod", 2, status);
      open("updating", istiod());
      await up();
      expect(cluster.deleted).toEqual([]);
      expect(imported!.pending_operations).toBeUndefined();
    });

    it("that the state has: nothing is deleted", async () => {
      cluster.addRecord("istio-system", "istiod", 1, "deployed");
      deployment.resources.push({ ...istiod(), id: "istio-system/istiod" });
      open("creating", istiod());
      await up();
      expect(cluster.deleted).toEqual([]);
    });

    it("in a namespace that this stack did not make: the run stops", async () => {
      cluster.addRecord("istio-system", "istiod", 1, "deployed");
      (deployment.resources[2]!.outputs!.metadata as { uid: string }).uid = "another";
      open("creating", istiod());
      await expect(up()).rejects.toThrow("namespace istio-system is not the one that this stack made");
      expectUntouched();
    });

    it("and nobody may look: the run stops", async () => {
      cluster.refusals.set("/api/v1/namespaces/istio-system/secrets", 403);
      open("creating", istiod());
      await expect(up()).rejects.toThrow("not for you");
      expectUntouched();
    });
  },
);

describe.each(["a cluster that is somebody's", "a cluster of the stack's own"])(
  "up, what a killed run was deleting in %s",
  (whose) => {
    beforeEach(() => {
      if (whose === "a cluster of the stack's own")
        deployment.resources.splice(0, 2, { urn: "", type: "none" }, provider("Embedded"));
    });

    /** In the state, with the uid of the object that is there. */
    const made = (more: object = {}) => {
      const live = cluster.add(
        details({ metadata: { name: "details", namespace: "default", managedFields: byPulumi, ...more } }),
      );
      const known = {
        ...deploymentOf(),
        id: "default/details",
        outputs: structuredClone(live) as unknown as Record<string, unknown>,
      };
      deployment.resources.push(known);
      open("deleting", known);
      return known;
    };

    it("is left as it is where the delete never reached it", async () => {
      made();
      await up();
      expect([cluster.deleted, refreshed, imported!.pending_operations]).toEqual([[], [], undefined]);
    });

    it("goes from the state where it is gone, so that it is made again", async () => {
      const known = made();
      cluster.remove("/apis/apps/v1/namespaces/default/deployments/details");
      expect(await up()).toContain("Deployment default/details: deleted, and made again");
      expect([refreshed, imported!.pending_operations]).toEqual([[known.urn], undefined]);
    });

    it("is waited for where it is on its way out", async () => {
      const known = made({ deletionTimestamp: "2026-11-28T10:00:01Z" });
      await up();
      expect([cluster.deleted, refreshed]).toEqual([["details"], [known.urn]]);
    });

    it("is nobody's to take from the state where nobody may look, and the run stops", async () => {
      made();
      cluster.refusals.set("/apis/apps/v1/namespaces/default/deployments/details", 403);
      await expect(up()).rejects.toThrow("not for you");
      expectUntouched();
    });

    it.each([
      ["uninstalling", "uninstalling, and installed again", ["sh.helm.release.v1.istiod.v1"]],
      [undefined, "uninstalled, and installed again", []],
    ])("a release that is %s is installed again", async (status, text, deleted) => {
      if (status) cluster.addRecord("istio-system", "istiod", 1, status);
      const known = { ...istiod(), id: "istio-system/istiod" };
      deployment.resources.push(known);
      open("deleting", known);
      expect(await up()).toContain(`Helm release istio-system/istiod: ${text}`);
      expect([cluster.deleted, refreshed]).toEqual([deleted, [known.urn]]);
    });

    it("a release that Helm had not begun to uninstall stays", async () => {
      cluster.addRecord("istio-system", "istiod", 1, "deployed");
      const known = { ...istiod(), id: "istio-system/istiod" };
      deployment.resources.push(known);
      open("deleting", known);
      await up();
      expect([cluster.deleted, refreshed]).toEqual([[], []]);
    });
  },
);

it("up, in the place of what a killed run deleted in a cluster that is somebody's there is another one: the run stops", async () => {
  const live = cluster.add(details({ metadata: { name: "details", namespace: "default", managedFields: byHand } }));
  const known = {
    ...deploymentOf(),
    id: "default/details",
    outputs: { ...structuredClone(live), metadata: { ...live.metadata, uid: "the-one-before" } } as unknown as Record<
      string,
      unknown
    >,
  };
  deployment.resources.push(known);
  open("deleting", known);
  await expect(up()).rejects.toThrow(
    "Deployment default/details: deleted; the one that exists now was not made by this stack",
  );
  expectUntouched();
});

describe("up, in a cluster of the stack's own", () => {
  beforeEach(() => void deployment.resources.splice(0, 2, { urn: "", type: "none" }, provider("Embedded")));

  it("does not ask for objects: the plugin takes them over", async () => {
    cluster.refusals.set("/apis/apps/v1", 500);
    open("creating", deploymentOf());
    await up();
    expect(imported!.pending_operations).toBeUndefined();
  });

  it("keeps a release open while nobody answers, and drops the rest", async () => {
    deployment.resources[1]!.inputs!.kubeconfig = secretText(kubeconfig("http://127.0.0.1:9"));
    const operations = open("creating", istiod(), deploymentOf());
    expect(await up()).toContain("The cluster does not answer");
    expect(imported!.pending_operations).toEqual([operations[0]]);
  });

  it("drops what was open in a cluster that is somebody's, whose guard is forgotten", async () => {
    deployment.resources.splice(0, 2, { urn: "", type: "none" }, provider("Existing"));
    cluster.addRecord("istio-system", "istiod", 1, "deployed");
    open("creating", istiod());
    await up();
    expect(cluster.deleted).toEqual([]);
    expect(imported!.pending_operations).toBeUndefined();
  });
});

describe("down, in a cluster that is somebody's", () => {
  it("deletes an object that Pulumi created, and leaves and names another's", async () => {
    cluster.add(details({ metadata: { name: "details", namespace: "default", managedFields: byPulumi } }));
    cluster.add({ ...role("kiali"), metadata: { name: "kiali", managedFields: byHand } });
    open("creating", deploymentOf(), resource("rbac.authorization.k8s.io/v1:ClusterRole", "kiali", role("kiali")));
    expect(await down()).toContain(
      "Deployment default/details: deleted; ClusterRole kiali: kept, because this stack did not make it (field manager kubectl-create, pulumi-kubernetes-1a2b3c4d).",
    );
    expect(cluster.deleted).toEqual(["details"]);
    expect(imported!.pending_operations).toBeUndefined();
  });

  it.each(["pending-install", "deployed"])(
    "deletes a release that is %s: its own objects, webhooks first, then its record",
    async (status) => {
      const its = ofRelease("istio-system", "istiod");
      const hook = (annotations: object) => ({
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "ValidatingWebhookConfiguration",
        metadata: { name: "validator", annotations: { ...annotations } },
      });
      const service = {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "istiod", namespace: "istio-system", annotations: its },
      };
      const kind = {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: "kept", annotations: { ...its, "helm.sh/resource-policy": "keep" } },
      };
      for (const thing of [
        role("own", its),
        hook(its),
        service,
        kind,
        role("others", ofRelease("istio-system", "other")),
        role("elsewhere", ofRelease("shop", "istiod")),
        role("bare"),
      ])
        cluster.add(thing);
      cluster.add({
        ...role("older"),
        metadata: { name: "older", annotations: its, creationTimestamp: "2026-11-28T09:59:59Z" },
      });
      const names = ["own", "others", "elsewhere", "bare", "older", "never-made"].map((name) => role(name));
      cluster.addRecord("istio-system", "istiod", 1, status, [
        ...names,
        { ...service, metadata: { name: "istiod" } },
        hook({}),
        kind,
      ]);
      cluster.addRecord("istio-system", "istio-base", 1, "deployed");
      open("creating", istiod());
      expect(await down()).toContain(
        "and 3 of its objects are deleted, with its record; kept, because they belong to others: ClusterRole others, ClusterRole elsewhere, ClusterRole bare, ClusterRole older",
      );
      expect(cluster.deleted).toEqual(["validator", "istiod", "own", "sh.helm.release.v1.istiod.v1"]);
    },
  );

  it("deletes of a release that the state has what a killed upgrade brought, and that revision's record", async () => {
    const its = ofRelease("istio-system", "istiod");
    for (const name of ["old", "new"]) cluster.add(role(name, its));
    cluster.addRecord("istio-system", "istiod", 1, "deployed", [role("old")]);
    cluster.addRecord("istio-system", "istiod", 2, "pending-upgrade", [role("old"), role("new")]);
    open("updating", istiod());
    await down();
    expect(cluster.deleted).toEqual(["new", "sh.helm.release.v1.istiod.v2"]);
  });

  it.each(["deleting", "updating", "creating"] as const)(
    "leaves to the engine what was %s and is in the state",
    async (type) => {
      cluster.addRecord("istio-system", "istiod", 1, "deployed", [role("old")]);
      cluster.add(role("old", ofRelease("istio-system", "istiod")));
      cluster.add(details({ metadata: { name: "details", namespace: "default", managedFields: byPulumi } }));
      deployment.resources.push(
        { ...istiod(), id: "istio-system/istiod" },
        { ...deploymentOf(), id: "default/details" },
      );
      open(type, istiod(), deploymentOf());
      await down();
      expect(cluster.deleted).toEqual([]);
      expect(imported!.pending_operations).toBeUndefined();
    },
  );

  it("uses the kubeconfig of the state", async () => {
    chosen = kubeconfig("http://127.0.0.1:9");
    open("creating", deploymentOf());
    expect(await down()).toContain("does not exist");
  });

  it.each([
    [
      "the cluster does not answer",
      () => void (deployment.resources[0]!.outputs!.kubeconfig = secretText(kubeconfig("http://127.0.0.1:9"))),
      "does not answer",
    ],
    [
      "another cluster answers",
      () => void (deployment.resources[0]!.id = "cluster-2"),
      "is not the one that has the seat of stack x",
    ],
    ["nobody may look", () => void cluster.refusals.set("/apis/apps/v1", 403), "not for you"],
    [
      "a record cannot be read",
      () => (
        cluster.add({
          apiVersion: "v1",
          kind: "Secret",
          metadata: {
            name: "r",
            namespace: "istio-system",
            labels: { owner: "helm", name: "istiod", status: "deployed" },
          },
          data: { release: "e30=" },
        }),
        undefined
      ),
      "Secret r is not a record",
    ],
  ])("is refused where %s, and forgets nothing", async (_, before, why) => {
    cluster.add(details({ metadata: { name: "details", namespace: "default", managedFields: byPulumi } }));
    open("creating", istiod(), deploymentOf());
    before();
    await expect(down()).rejects.toThrow(
      new RegExp(
        `Nothing has been changed:[^]*${why}[^]*\nRun \`npm run down -- --stack x\` again once the cluster answers\.$`,
      ),
    );
    expectUntouched();
  });
});

it("down of a cluster of the stack's own deletes nothing there: all goes with it", async () => {
  deployment.resources.splice(0, 2, { urn: "", type: "none" }, provider("Embedded"));
  cluster.addRecord("istio-system", "istiod", 1, "pending-install");
  cluster.add(details({ metadata: { name: "details", namespace: "default", managedFields: byPulumi } }));
  open("creating", istiod(), deploymentOf());
  await down();
  expect(cluster.deleted).toEqual([]);
  expect(imported!.pending_operations).toBeUndefined();
});

describe("while another run works on the stack", () => {
  it.each(["up", "down"] as const)("%s is refused: its open operations are that run's", async (command) => {
    const lock = path.join(state, ".pulumi", "locks", "organization", "istio-lab", "x", "1.json");
    fs.mkdirSync(path.dirname(lock), { recursive: true });
    fs.writeFileSync(lock, JSON.stringify({ pid: 1, hostname: "another-machine", timestamp: "now" }));
    cluster.addRecord("istio-system", "istiod", 1, "pending-install");
    await expect(settle(workspace, "x", open("creating", istiod()), command)).rejects.toThrow(
      `Stack x is locked: process 1 on another-machine works on it. Wait until it has ended. Then run \`npm run ${command} -- --stack x\` again.`,
    );
    expectUntouched();
  });

  it("of a backend elsewhere the state is written first: Pulumi refuses that while it is locked", async () => {
    cluster.addRecord("istio-system", "istiod", 1, "pending-install");
    locked = true;
    await expect(settle({ env: {} }, "x", open("creating", istiod()), "up")).rejects.toThrow(
      "the stack is currently locked",
    );
    expectUntouched();
  });
});
