import { describe, expect, it } from "vitest";
import { checksOf } from "../../../../components/checks";
import type { CheckSpec } from "../../../../components/lessons/checks/check";
import { choose, diagnose, explain } from "../../../../cli/check/diagnosis";
import {
  ofChangedPolicy,
  ofConnections,
  ofFaults,
  ofNames,
  ofPolicy,
  requestsOf,
} from "../../../../cli/check/diagnosis/relation";
import { rules } from "../../../../cli/check/diagnosis/rules";
import type { RuleFinding } from "../../../../cli/check/diagnosis/snapshot";
import type { CheckResult, Evidence, Failure } from "../../../../cli/check/result";
import { readInventory } from "../../../../cli/inventory";
import type { KubeObject } from "../../../../kube";
import { ChartSeat, release } from "../../inventory/chart-seat";
import { settingsWith } from "../settings";
import { World } from "./world";

const checks = checksOf(settingsWith());
const named = (name: string): CheckSpec => checks.find((one) => one.name === name)!;
const failureOf = (check: CheckSpec, evidence: Evidence = {}, seen = ""): Failure => ({
  check,
  seen,
  expected: "",
  evidence,
});
const policy = (spec: object, namespace = "istio-system"): KubeObject => ({
  apiVersion: "security.istio.io/v1",
  kind: "AuthorizationPolicy",
  metadata: { name: "theirs", namespace },
  spec,
});
const deniedBy = (said: string): Evidence => ({
  statuses: { 403: 3 },
  log: [{ pod: "x", response_code: 403, response_code_details: `rbac_access_denied_matched_policy[${said}]` }],
});
const refused: Evidence = { statuses: { 403: 3 }, bodies: ["RBAC: access denied"] };
const page = named("bookinfo-page");

describe("a policy, against the requests of a failed check", () => {
  const deny = (...operations: object[]) =>
    policy({ action: "DENY", rules: [{ to: operations.map((operation) => ({ operation })) }] });

  it.each<[string, KubeObject, Failure, string]>([
    ["its path, refused", deny({ paths: ["/productpage"] }), failureOf(page, refused), "possible"],
    ["the beginning of its path", deny({ paths: ["/product*"] }), failureOf(page, refused), "possible"],
    ["the end of its path", deny({ paths: ["*page"] }), failureOf(page, refused), "possible"],
    ["a template of its path", deny({ paths: ["/{*}"] }), failureOf(page, refused), "possible"],
    ["a path, not refused", deny({ paths: ["/productpage"] }), failureOf(page, { statuses: { 503: 2 } }), "unlikely"],
    ["another path", deny({ paths: ["/admin"] }), failureOf(page, { statuses: { 503: 2 } }), "impossible"],
    ["another path, refused behind it", deny({ paths: ["/admin"] }), failureOf(page, refused), "unlikely"],
    ["another method", deny({ methods: ["DELETE"] }), failureOf(page, { statuses: { 503: 2 } }), "impossible"],
    ["all but its path", deny({ notPaths: ["/productpage"] }), failureOf(page, {}), "impossible"],
    [
      "the second of two operations",
      deny({ paths: ["/x"] }, { methods: ["GET"] }),
      failureOf(page, refused),
      "possible",
    ],
    [
      "named by a proxy",
      deny({ paths: ["/x"] }),
      failureOf(page, deniedBy("ns[istio-system]-policy[theirs]-rule[0]")),
      "proven",
    ],
    [
      "another named by a proxy",
      deny({ paths: ["/*"] }),
      failureOf(page, deniedBy("ns[default]-policy[other]-rule[0]")),
      "unlikely",
    ],
    ["a check that sends nothing", deny({}), failureOf(named("bookinfo-pods"), {}), "impossible"],
    ["one that only audits", policy({ action: "AUDIT", rules: [{}] }), failureOf(page, refused), "impossible"],
    [
      "one that allows this",
      policy({ rules: [{ to: [{ operation: { paths: ["/productpage"] } }] }] }),
      failureOf(page, {}),
      "impossible",
    ],
    [
      "one that allows another",
      policy({ rules: [{ to: [{ operation: { paths: ["/x"] } }] }] }),
      failureOf(page, refused),
      "possible",
    ],
    ["one that allows nothing", policy({}), failureOf(page, deniedBy("none")), "possible"],
  ])("%s", (_, object, failure, relation) => expect(ofPolicy(object)(failure)).toBe(relation));

  it("of the seat that was changed is proven where it refused, or where none allowed", () => {
    const changed = ofChangedPolicy(policy({ rules: [] }, "blog"));
    expect(changed(failureOf(page, deniedBy("ns[blog]-policy[theirs]-rule[0]")))).toBe("proven");
    expect(changed(failureOf(page, deniedBy("none")))).toBe("proven");
    expect(changed(failureOf(page, deniedBy("ns[blog]-policy[other]-rule[0]")))).toBe("possible");
    expect(ofChangedPolicy(policy({ action: "DENY" }))(failureOf(page, deniedBy("none")))).toBe("possible");
  });

  it("reads the requests of every check that sends any", () => {
    const kinds = new Set(checks.filter((one) => requestsOf(one).length > 0).map(({ kind }) => kind));
    for (const kind of ["answer", "split", "access", "plaintext", "peer", "grpc", "log"] as const)
      expect(kinds).toContain(kind);
    for (const kind of ["pods", "claim", "rights"] as const) expect(kinds).not.toContain(kind);
    expect(requestsOf(named("blog-frontend-refused"))).toEqual([{ method: "DELETE", path: "/delete", host: "api" }]);
    expect(requestsOf(named("temperature-refusals"))[0]).toEqual({ method: "GET", path: "/" });
  });
});

describe("what was seen", () => {
  it("proves names that do not resolve, and rules them out where all was answered", () => {
    expect(ofNames(failureOf(page, { errors: ["Could not resolve host: api"] }))).toBe("proven");
    expect(ofNames(failureOf(page, { statuses: { 503: 1 } }))).toBe("possible");
    expect(ofNames(failureOf(page, { statuses: { 200: 9, 503: 0 } }))).toBe("impossible");
    expect(ofConnections(failureOf(page))).toBe("possible");
  });

  it("proves a fault by the proxies' flags", () => {
    const flag = (response_flags: string) => failureOf(page, { log: [{ pod: "x", response_flags }] });
    expect([ofFaults(flag("FI")), ofFaults(flag("UH")), ofFaults(flag("-"))]).toEqual([
      "proven",
      "unlikely",
      "possible",
    ]);
  });
});

async function findings(damage: (world: World, chart: ChartSeat) => void): Promise<RuleFinding[]> {
  const [world, chart] = [new World(), new ChartSeat()];
  damage(world, chart);
  const snapshot = await world.snapshot();
  const charts = await readInventory({ seat: chart.seat, resources: [release] });
  const inventory = { entries: [...charts.entries, ...snapshot.inventory.entries], releases: charts.releases };
  return rules.flatMap((rule) => rule({ ...snapshot, inventory }));
}

describe("of two causes", () => {
  const withoutKindAndWebhook = (world: World, chart: ChartSeat) => {
    chart.remove("CustomResourceDefinition");
    for (const name of ["bookinfo", "reviews"]) world.remove("VirtualService", "default", name);
    chart.remove("MutatingWebhookConfiguration");
    for (const pod of world.objects)
      if (pod.kind === "Pod" && pod.metadata.name.startsWith("reviews")) pod.spec.initContainers = [];
  };

  it("each check is told the one on its own way", async () => {
    const all = await findings(withoutKindAndWebhook);
    const told = (services: string[], ...aspects: ("pods" | "sidecar" | "route" | "gateway")[]) =>
      choose({ namespace: "default", services, aspects }, all)?.cause;
    expect(told(["reviews"], "pods", "sidecar")).toMatch(/^MutatingWebhookConfiguration istio-sidecar-injector/);
    expect(told(["productpage"], "gateway", "route")).toMatch(/^CustomResourceDefinition virtualservices/);
  });

  it("a missing kind explains nothing in a namespace that had no object of it", async () => {
    const all = await findings(withoutKindAndWebhook);
    expect(choose({ namespace: "blog", services: ["api"], aspects: ["authorization"] }, all)).toBeUndefined();
  });

  it("what a failure proves comes before what only stands earlier: other shares, while the cluster has no DNS", async () => {
    const world = new World();
    const [route] = world.find("VirtualService", "default", "reviews").spec.http;
    Object.assign(route.route[0], { weight: 90 });
    Object.assign(route.route[1], { weight: 10 });
    world.add(dnsServer(0));
    const about = { namespace: "default", services: ["reviews"], aspects: ["split", "route"] } as const;
    const check = { ...named("bookinfo-split"), about } as CheckSpec;
    const byShares = failureOf(check, { statuses: { 200: 400 }, versions: { v1: 360, v3: 40 } });
    const byNames = failureOf(check, { statuses: { 0: 3 }, errors: ["Could not resolve host: reviews"] });
    const hints = diagnose([byShares, byNames], await world.snapshot());
    expect(hints.get(byShares)?.cause).toMatch(/sends reviews v1 90/);
    expect(hints.get(byNames)?.cause).toMatch(/names in the cluster do not resolve/);
  });
});

const dnsServer = (replicas: number): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "coredns", namespace: "kube-system", labels: { "k8s-app": "kube-dns" } },
  spec: {
    replicas,
    selector: { matchLabels: { "k8s-app": "kube-dns" } },
    template: {
      metadata: { labels: { "k8s-app": "kube-dns" } },
      spec: { volumes: [{ name: "config", configMap: { name: "coredns" } }] },
    },
  },
});
const dnsPod: KubeObject = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "coredns-1", namespace: "kube-system", labels: { "k8s-app": "kube-dns" } },
  spec: {},
  status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
};
const dnsService = (selector = { "k8s-app": "kube-dns" }): KubeObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "kube-dns", namespace: "kube-system" },
  spec: { selector },
});
const byHand = { managedFields: [{ manager: "kubectl-edit", operation: "Update", fieldsV1: {} }] };

/** What a check of the blog is told, by what was seen. */
async function told(damage: (world: World) => void, evidence: Evidence): Promise<string> {
  const world = new World();
  damage(world);
  const failure = failureOf(
    { ...named("blog-frontend-allowed"), about: { namespace: "blog", services: ["api"], aspects: ["route"] } },
    evidence,
  );
  return diagnose([failure], await world.snapshot()).get(failure)!.cause;
}

describe("what pods and names need of the cluster", () => {
  const unresolved: Evidence = { statuses: { 0: 1 }, errors: ["Could not resolve host: api"] };
  const answered: Evidence = { statuses: { 503: 1 } };

  it.each<[string, (world: World) => void, RegExp]>([
    [
      "no DNS Service",
      (world) => world.add(dnsServer(1), dnsPod),
      /^No Service of namespace kube-system leads to the pods of Deployment kube-system\/coredns/,
    ],
    [
      "a DNS Service for other pods",
      (world) => world.add(dnsServer(1), dnsPod, dnsService({ "k8s-app": "x" })),
      /Service kube-system\/kube-dns selects others/,
    ],
    ["no DNS server", (world) => world.add(dnsService()), /^Namespace kube-system has no DNS server/],
    [
      "neither",
      (world) => world.add({ ...dnsPod, metadata: { ...dnsPod.metadata, labels: {} } }),
      /^Namespace kube-system has no DNS server/,
    ],
    [
      "the server's settings, edited",
      (world) =>
        world.add(dnsServer(1), dnsPod, dnsService(), {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "coredns", namespace: "kube-system", ...byHand },
          data: { Corefile: "" },
        }),
      /^ConfigMap kube-system\/coredns, which the DNS server reads, was written by hand/,
    ],
    [
      "a policy before the server",
      (world) =>
        world.add(dnsServer(1), dnsPod, dnsService(), {
          apiVersion: "networking.k8s.io/v1",
          kind: "NetworkPolicy",
          metadata: { name: "closed", namespace: "kube-system", ...byHand },
          spec: { podSelector: {} },
        }),
      /^NetworkPolicy kube-system\/closed exists/,
    ],
    [
      "a network program that runs nowhere",
      (world) => world.add(daemon(0)),
      /^DaemonSet kube-system\/kube-proxy has a ready pod on none of 1 nodes/,
    ],
  ])("%s", async (_, damage, cause) => expect(await told(damage, unresolved)).toMatch(cause));

  it("suspects nothing that may be right on this cluster, unless names were seen not to resolve", async () => {
    for (const damage of [(world: World) => world.add(dnsService()), (world: World) => world.add(daemon(1))])
      expect(await told(damage, answered)).toMatch(/^No cause was found/);
  });

  const node = (name: string, ready = "True"): KubeObject => ({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name },
    status: { conditions: [{ type: "Ready", status: ready, message: "the kubelet stopped posting node status" }] },
  });
  const on = (world: World, name: string) => {
    for (const pod of world.objects) if (pod.kind === "Pod") pod.spec.nodeName = name;
  };

  it("a node that was deleted, with what starts it", async () => {
    expect(await told((world) => on(world, "one"), answered)).toMatch(
      /^The cluster has no node: one, on which its pods ran, was deleted\./,
    );
    const withAnother = (world: World) => (on(world, "one"), world.add(node("two")));
    expect(await told(withAnother, answered)).toMatch(/^Node one, on which pods ran, was deleted\./);
    const world = new World();
    on(world, "one");
    const snapshot = { ...(await world.snapshot()), restartCommand: "START" };
    expect(rules.flatMap((rule) => rule(snapshot)).map(({ fix }) => fix)).toContain("START");
  });

  it("no node, where the scheduler says so", async () => {
    const waits = (message: string) => (world: World) => {
      const conditions = [{ type: "PodScheduled", status: "False", message }];
      for (const pod of world.objects) if (pod.kind === "Pod") pod.status = { phase: "Pending", conditions };
    };
    expect(await told(waits("no nodes available to schedule pods"), answered)).toMatch(/^The cluster has no node\./);
    expect(await told(waits("0/1 nodes are available: 1 Insufficient memory."), answered)).not.toMatch(/has no node/);
  });

  it("a node that is not ready", async () => {
    const damage = (world: World) => (on(world, "one"), world.add(node("one", "Unknown")));
    expect(await told(damage, answered)).toMatch(/^Node one is not ready: the kubelet stopped posting node status\./);
    expect(await told((world) => (on(world, "one"), world.add(node("one"))), answered)).toMatch(/^No cause was found/);
  });
});

const daemon = (ready: number): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { name: "kube-proxy", namespace: "kube-system" },
  status: { desiredNumberScheduled: 1, numberReady: ready },
});

describe("an object of Istio's by hand", () => {
  const add = (apiVersion: string, kind: string, namespace: string, spec: object) => (world: World) =>
    world.add({ apiVersion, kind, metadata: { name: "theirs", namespace }, spec });

  it.each<[string, string, string, object, RegExp]>([
    [
      "networking.istio.io/v1",
      "WorkloadEntry",
      "blog",
      { address: "10.9.9.9", labels: { app: "api" } },
      /adds the address 10\.9\.9\.9 to services that select app=api/,
    ],
    ["extensions.istio.io/v1alpha1", "WasmPlugin", "istio-system", {}, /runs a program of its own in the proxies/],
    ["extensions.istio.io/v1alpha1", "WasmPlugin", "blog", {}, /runs a program of its own in the proxies/],
    ["networking.istio.io/v1beta1", "ProxyConfig", "istio-system", {}, /sets how proxies are started/],
    ["networking.istio.io/v1alpha3", "EnvoyFilter", "istio-system", {}, /rewrites the proxies' own configuration/],
    ["networking.istio.io/v1", "Sidecar", "istio-system", {}, /says which services the sidecars know/],
    ["networking.k8s.io/v1", "NetworkPolicy", "blog", {}, /filters connections below the mesh/],
  ])("%s %s in %s is named", async (apiVersion, kind, namespace, spec, cause) => {
    expect(await told(add(apiVersion, kind, namespace, spec), { statuses: { 503: 1 } })).toMatch(cause);
  });

  it("of the whole mesh that decides nothing for the check is not its cause", async () => {
    const mode = add("security.istio.io/v1", "PeerAuthentication", "istio-system", { mtls: { mode: "DISABLE" } });
    expect(await told(mode, { statuses: { 503: 1 } })).toMatch(/^No cause was found/);
    const without = (world: World) => (world.remove("PeerAuthentication", "blog", "default"), mode(world));
    expect(await told(without, { statuses: { 503: 1 } })).toMatch(/PeerAuthentication/);
    const tokens = add("security.istio.io/v1", "RequestAuthentication", "istio-system", {});
    expect(await told(tokens, { statuses: { 503: 1 } })).toMatch(/^No cause was found/);
    expect(await told(tokens, { statuses: { 401: 1 } })).toMatch(/RequestAuthentication/);
  });
});

describe("what else is wrong", () => {
  const result = (failure: Failure): CheckResult => ({
    lesson: failure.check.lesson,
    check: failure.check.name,
    title: "",
    status: "failed",
    seen: failure.seen,
    expected: "",
    seconds: 0,
    failure,
  });

  it("is named after the cause: what may explain the check as well, then what explains none", async () => {
    const world = new World();
    world.find("Deployment", "blog", "api").spec.replicas = 0;
    const admin = policy({ action: "DENY", rules: [{ to: [{ operation: { paths: ["/admin"] } }] }] });
    const filter = { apiVersion: "networking.istio.io/v1alpha3", kind: "EnvoyFilter", spec: {} };
    world.add(admin, { ...filter, metadata: { name: "theirs", namespace: "blog" } });
    const results = [result(failureOf(named("blog-frontend-allowed"), { statuses: { 503: 1 } }))];
    const besides = await explain(results, { sourceOf: async () => world.source(), repairCommand: "MEND" });
    expect(results[0]!.hint?.cause).toMatch(/^Deployment blog\/api has spec\.replicas 0/);
    expect(besides).toEqual([
      expect.objectContaining({
        cause: expect.stringMatching(/^EnvoyFilter blog\/theirs/),
        mayExplain: ["blog-frontend-allowed"],
      }),
      expect.objectContaining({
        cause: expect.stringMatching(/^AuthorizationPolicy istio-system\/theirs/),
        fix: "npm run -s kubectl -- delete authorizationpolicy theirs -n istio-system",
        mayExplain: [],
      }),
    ]);
  });

  it("is nothing where one cause is all", async () => {
    const world = new World();
    world.find("Deployment", "blog", "api").spec.replicas = 0;
    const results = [result(failureOf(named("blog-frontend-allowed"), { statuses: { 503: 1 } }))];
    expect(await explain(results, { sourceOf: async () => world.source(), repairCommand: "MEND" })).toEqual([]);
  });
});
