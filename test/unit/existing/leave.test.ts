import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { forget, requireLeavable } from "../../../cli/targets/existing/lost-cluster";
import type { Workspace } from "../../../cli/stack/workspace";
import { definition, emptyCluster, kubeconfigOf, ofRelease, paths, type ApiServer } from "./api-server";
import { newHome } from "./kubeconfig";

/** Stands for the Pulumi CLI: it gives the state out of a file, and takes one into another. */
const PULUMI = `#!/bin/sh
case "$*" in
  "stack export"*) cat "$HERE/state.json" ;;
  "stack import"*) cat > "$HERE/imported.json" ;;
  config*) cat "$HERE/config.json" 2>/dev/null || echo '{}' ;;
  *) exit 1 ;;
esac
`;
const CLUSTER = "/api/v1/namespaces/kube-system";
let home: string;
let server: ApiServer;
let workspace: Workspace;

beforeEach(async () => {
  home = newHome();
  fs.writeFileSync(path.join(home, "pulumi"), PULUMI, { mode: 0o755 });
  workspace = { env: { PATH: `${home}:${process.env.PATH}`, HERE: home } };
  server = await emptyCluster("cluster-1");
  const verbs = ["list", "delete"];
  Object.assign(server.answers, {
    "/apis": { groups: [] },
    "/api/v1": { resources: [{ name: "configmaps", kind: "ConfigMap", namespaced: true, verbs }] },
  });
  server.add("/api/v1/namespaces", { metadata: { name: "blog", uid: "blog-1" } });
  server.add(
    paths.definitions,
    definition("virtualservices", "VirtualService", {
      annotations: ofRelease("istio-base"),
      creationTimestamp: "2026-11-28T10:00:00Z",
    }),
  );
  state(server.kubeconfig);
});
afterEach(async () => {
  await server.stop();
  fs.rmSync(home, { recursive: true });
});

/** The stack's state: its guard, a namespace, and a VirtualService in default. */
function state(kubeconfig: string, operations: object[] = [], ...more: object[]): void {
  const resources = [
    { urn: "", type: "pulumi-nodejs:dynamic/cluster:SeatId", id: "seat-1" },
    {
      urn: "",
      type: "pulumi-nodejs:dynamic/cluster:Guard",
      id: "cluster-1",
      outputs: { kubeconfig: { plaintext: JSON.stringify(kubeconfig) } },
    },
    {
      urn: "",
      type: "kubernetes:core/v1:Namespace",
      id: "blog",
      outputs: { kind: "Namespace", metadata: { name: "blog", uid: "blog-1" } },
    },
    {
      urn: "",
      type: "kubernetes:networking.istio.io/v1:VirtualService",
      id: "reviews",
      outputs: { kind: "VirtualService", metadata: { name: "reviews", namespace: "default" } },
    },
    ...more,
  ];
  fs.writeFileSync(
    path.join(home, "state.json"),
    JSON.stringify({ version: 3, deployment: { resources, pending_operations: operations } }),
  );
}
const imported = () =>
  fs.existsSync(path.join(home, "imported.json"))
    ? (JSON.parse(fs.readFileSync(path.join(home, "imported.json"), "utf8")) as { deployment: object }).deployment
    : undefined;
const ended = (run: Promise<unknown>) =>
  run.then(
    (said) => said ?? "fine",
    ({ name, message }: Error) => `${name}: ${message}`,
  );
const route = (namespace: string, name: string) =>
  server.add("/apis/networking.istio.io/v1/virtualservices", { metadata: { name, namespace } });

describe("down --cluster-is-gone", () => {
  it.each([401, 403, 500])("keeps the state where the cluster answers %i", async (status) => {
    server.answers[CLUSTER] = status;
    expect(await ended(forget(workspace, "shared"))).toMatch(new RegExp(`^UserError: .* answers ${status}`));
    expect(imported()).toBeUndefined();
  });

  it("keeps the state where the cluster answers", async () => {
    expect(await ended(forget(workspace, "shared"))).toMatch(/^UserError: .*the cluster of stack shared answers/);
    expect(imported()).toBeUndefined();
  });

  it("empties the state where nobody answers", async () => {
    state(kubeconfigOf("http://127.0.0.1:9"));
    expect(await ended(forget(workspace, "shared"))).toBe(
      "Stack shared has forgotten its 4 resources; no cluster was asked to delete anything.",
    );
    expect(imported()).toEqual({ resources: [] });
  });

  it.each([
    ["existing", /^UserError: .*the cluster of stack shared answers/],
    ["minikube", /^Stack shared has forgotten its 4 resources/],
  ])("asks whoever the stack's config leads to only while its target is existing: %s", async (target, said) => {
    state(kubeconfigOf("http://127.0.0.1:9"));
    fs.writeFileSync(
      path.join(home, "config.json"),
      JSON.stringify({
        "istio-lab:target": { value: target },
        "istio-lab:existing": { objectValue: { kubeconfig: server.kubeconfig } },
      }),
    );
    expect(await ended(forget(workspace, "shared"))).toMatch(said);
  });

  it("forgets what a killed run left open with it: an open operation would be settled in a cluster that is no more", async () => {
    state(kubeconfigOf("http://127.0.0.1:9"), [
      { type: "creating", resource: { urn: "u", type: "kubernetes:core/v1:ConfigMap" } },
    ]);
    await forget(workspace, "shared");
    expect(imported()).toEqual({ resources: [] });
  });
});

describe("down", () => {
  // Nothing said is said by nobody: what others have there stays.
  const leave = (withForeign?: boolean) =>
    ended(
      withForeign === undefined
        ? requireLeavable(workspace, "shared")
        : requireLeavable(workspace, "shared", { withForeign }),
    );

  it("goes on where a killed run was making what is in the stack's namespaces: a release with its objects, and an object", async () => {
    const inBlog = (name: string, more: object = {}) =>
      server.add(paths.configMaps, {
        metadata: { name, namespace: "blog", uid: name, creationTimestamp: "2026-11-28T10:00:02Z", ...more },
      });
    inBlog("of-the-release", {
      annotations: { "meta.helm.sh/release-name": "tiny", "meta.helm.sh/release-namespace": "blog" },
    });
    inBlog("half-made");
    expect(await leave()).toMatch(
      /would also delete what it did not make:\n {2}ConfigMap blog\/half-made .*\n {2}ConfigMap blog\/of-the-release /,
    );
    const urn = "urn:pulumi:shared::istio-lab::t::n";
    state(server.kubeconfig, [
      {
        type: "creating",
        resource: { urn, type: "kubernetes:helm.sh/v3:Release", inputs: { name: "tiny", namespace: "blog" } },
      },
      {
        type: "creating",
        resource: {
          urn,
          type: "kubernetes:core/v1:ConfigMap",
          inputs: { kind: "ConfigMap", metadata: { name: "half-made", namespace: "blog" } },
        },
      },
    ]);
    expect(await leave()).toBe("fine");
  });

  it("goes on where there is nothing but the stack's own", async () => {
    route("default", "reviews");
    expect(await leave()).toBe("fine");
  });

  it("goes on where the cluster has its own mark; a seat that is older than the marks cannot tell whose it is", async () => {
    const mark = (seat: string) =>
      server.add(paths.configMaps, {
        metadata: { name: "istio-lab", namespace: "kube-system" },
        data: { seat, stack: "shared", project: "istio-lab" },
      });
    mark("seat-1");
    expect(await leave()).toBe("fine");
    const file = path.join(home, "state.json");
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("cluster:SeatId", "cluster:Other"));
    expect(await leave()).toBe("fine");
  });

  it("is refused where somebody has something in its namespaces, and goes on where that is to go along", async () => {
    server.add(paths.configMaps, { metadata: { name: "notes", namespace: "blog" } });
    // It is told alone: the cluster answers, and nothing has to be mended on the way to it.
    expect(await leave()).toMatch(
      /^UserError: Nothing has been deleted\. .*\n {2}ConfigMap blog\/notes .*\n.*npm run down -- --stack shared --with-foreign`$/,
    );
    expect(await leave(true)).toBe("fine");
  });

  it("is refused where nobody knows what is in its namespaces", async () => {
    server.answers["/api/v1/namespaces/blog/configmaps"] = 500;
    expect(await leave()).toMatch(/unknown for configmaps in blog: not you/);
  });

  it("is refused where others use its kinds, whatever may go along; what is in its own namespaces goes with them", async () => {
    route("blog", "theirs");
    expect(await leave(true)).toBe("fine");
    route("shop", "checkout");
    expect(await leave(true)).toMatch(
      /^UserError: Nothing has been deleted\. Others use the kinds that this seat brought: VirtualService shop\/checkout\./,
    );
  });

  it.each<[string, () => void, RegExp]>([
    [
      "another cluster answers",
      () => (server.answers[CLUSTER] = { metadata: { uid: "cluster-2" } }),
      /Another cluster answers at .*\n.*Nothing has been deleted/,
    ],
    ...[401, 403, 404, 500, 503].map((status): [string, () => void, RegExp] => [
      `${status} is answered`,
      () => (server.answers[CLUSTER] = status),
      new RegExp(`answers ${status}: not you\\.\nNothing has been deleted.*npm run up -- --stack shared`),
    ]),
    [
      "something else than an API server answers",
      () => (server.answers[CLUSTER] = "<html>hotspot</html>"),
      /not an API server.*\nNothing has been deleted/,
    ],
    [
      "its own mark is not readable",
      () => (server.answers["/api/v1/namespaces/kube-system/configmaps/istio-lab"] = 403),
      /answers 403: not you\.\nNothing has been deleted/,
    ],
    [
      "nobody answers",
      () => state(kubeconfigOf("http://127.0.0.1:9")),
      /does not answer: .*\nNothing has been deleted/,
    ],
    [
      "the cluster has another stack's seat",
      () =>
        server.add(paths.configMaps, {
          metadata: { name: "istio-lab", namespace: "kube-system" },
          data: { seat: "seat-2", stack: "theirs", project: "istio-lab" },
        }),
      /The cluster has the seat of stack theirs .* do not belong to stack shared, whose seat is seat-1/,
    ],
  ])("is refused where %s", async (_, change, message) => {
    change();
    expect(await leave(true)).toMatch(message);
  });

  it("has nothing to ask where the stack never came to its guard", async () => {
    fs.writeFileSync(path.join(home, "state.json"), JSON.stringify({ deployment: { resources: [] } }));
    expect(await leave()).toBe("fine");
  });
});
