import { describe, expect, it } from "vitest";
import { choose } from "../../../../cli/check/diagnosis";
import { othersRules, rules } from "../../../../cli/check/diagnosis/rules";
import { controlPlane } from "../../../../cli/check/diagnosis/rules/charts";
import type { RuleFinding } from "../../../../cli/check/diagnosis/snapshot";
import { readInventory } from "../../../../cli/inventory";
import type { KubeObject } from "../../../../kube";
import { ChartSeat, release } from "../../inventory/chart-seat";
import { World } from "./world";

/** What the lessons stand on: charts, namespaces of others, nodes, and what the cluster refuses. */
async function findings(damage: (world: World, chart: ChartSeat) => void): Promise<RuleFinding[]> {
  const [world, chart] = [new World(), new ChartSeat()];
  damage(world, chart);
  const snapshot = await world.snapshot();
  const charts = await readInventory({ seat: chart.seat, resources: [release] });
  const inventory = {
    entries: [...charts.entries, ...snapshot.inventory.entries],
    releases: charts.releases,
  };
  return rules.flatMap((rule) => rule({ ...snapshot, inventory }));
}

const page = {
  namespace: "default",
  services: ["productpage", "reviews"],
  aspects: ["gateway", "route", "split"],
} as const;

function object(
  apiVersion: string,
  kind: string,
  namespace: string | undefined,
  name: string,
  rest: object,
): KubeObject {
  return { apiVersion, kind, metadata: { name, ...(namespace && { namespace }) }, ...rest };
}

const istio = "networking.istio.io/v1";
const route = (spec: object, created = "2026-02-01T00:00:00Z") => {
  const made = object(istio, "VirtualService", "elsewhere", "theirs", { spec });
  made.metadata.creationTimestamp = created;
  return made;
};
const host = "productpage.default.svc.cluster.local";
const refused = (world: World, message: string) =>
  void (world.find("Deployment", "default", "productpage-v1").status = {
    conditions: [{ type: "ReplicaFailure", status: "True", message }],
  });
const waits = (world: World) => {
  const pod = world.objects.find(({ kind, metadata }) => kind === "Pod" && metadata.name.startsWith("productpage"))!;
  pod.status = { phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", message: "0/1 nodes" }] };
};

describe("what the lessons stand on", () => {
  it("gives no finding where nobody touched it", async () => expect(await findings(() => undefined)).toEqual([]));

  it.each<[string, (world: World, chart: ChartSeat) => void, RegExp, RegExp]>([
    [
      "the webhook that adds sidecars",
      (_, chart) => chart.remove("MutatingWebhookConfiguration"),
      /^MutatingWebhookConfiguration istio-sidecar-injector, which the chart of release istiod made, no longer exists: pods made now get no sidecar\./,
      /^MEND$/,
    ],
    [
      "a setting of the mesh",
      (_, chart) => (chart.find("ConfigMap").data.mesh += "enableAutoMtls: false\n"),
      /^ConfigMap istio-system\/istio is not as the chart of release istiod made it: data\.mesh\.enableAutoMtls is false, made without it\./,
      /^MEND$/,
    ],
    [
      "a kind",
      (world, chart) => {
        chart.remove("CustomResourceDefinition");
        for (const name of ["bookinfo", "reviews"]) world.remove("VirtualService", "default", name);
      },
      /^CustomResourceDefinition virtualservices\.networking\.istio\.io, .* the cluster has no kind VirtualService\. These objects are gone with it: default\/bookinfo, default\/reviews\.$/,
      /^MEND$/,
    ],
    [
      "istiod's Deployment",
      (_, chart) => chart.remove("Deployment"),
      /^Deployment istio-system\/istiod, which the chart of release istiod made, no longer exists/,
      /^MEND$/,
    ],
    [
      "a field beyond the chart's, by another tool",
      (_, chart) => {
        const live = chart.find("Deployment");
        live.spec.template.spec.hostAliases = [{ ip: "10.0.0.1" }];
        live.metadata.managedFields = [
          {
            manager: "OpenLens",
            fieldsV1: { "f:spec": { "f:template": { "f:spec": { "f:hostAliases": {} } } } },
          },
        ];
      },
      /hostAliases is .*, made without it, by OpenLens\./,
      /^MEND$/,
    ],
    [
      "the release's record",
      (world, chart) => {
        world.add(object("v1", "Namespace", undefined, "x", {}));
        chart.records = [];
      },
      /^Release istio-system\/istiod is not as Pulumi made it: Helm has no record of it\.$/,
      /^MEND$/,
    ],
    [
      "another namespace's route with a fault",
      (world) => world.add(route({ hosts: [host], http: [{ fault: { abort: { httpStatus: 500 } } }] })),
      /^VirtualService elsewhere\/theirs exists, and Pulumi did not make it: it routes requests for productpage of namespace default with a fault/,
      /^npm run -s kubectl -- delete virtualservice theirs -n elsewhere$/,
    ],
    [
      "another namespace's route at the lesson's Gateway",
      (world) => world.add(route({ hosts: ["*"], gateways: ["default/bookinfo-gateway"] })),
      /^VirtualService elsewhere\/theirs exists, .* at Gateway default\/bookinfo-gateway/,
      /delete virtualservice theirs/,
    ],
    [
      "another lesson's namespace, with a route for whatever is in this one",
      (world) => {
        const wild = route({ hosts: ["*.default.svc.cluster.local"], http: [{ fault: {} }] });
        wild.metadata.namespace = "blog";
        world.add(wild);
      },
      // The lesson has a route for the whole name of reviews.
      /^VirtualService blog\/theirs exists, .* it routes requests for productpage of namespace default with a fault .* and is exported/,
      /^npm run -s kubectl -- delete virtualservice theirs -n blog$/,
    ],
    [
      "a policy in the gateway's namespace",
      (world) =>
        world.add(
          object("security.istio.io/v1", "AuthorizationPolicy", "istio-ingress", "closed", {
            spec: { action: "DENY" },
          }),
        ),
      /^AuthorizationPolicy istio-ingress\/closed exists, and Pulumi did not make it/,
      /^npm run -s kubectl -- delete authorizationpolicy closed -n istio-ingress$/,
    ],
    [
      "a rule in the gateway's namespace for a lesson's host",
      (world) => world.add(object(istio, "DestinationRule", "istio-ingress", "theirs", { spec: { host } })),
      /^DestinationRule istio-ingress\/theirs exists, and Pulumi did not make it: it sets how callers reach productpage/,
      /delete destinationrule theirs -n istio-ingress$/,
    ],
    [
      "another namespace's route at the lesson's Gateway of the Gateway API",
      (world) =>
        world.add(
          object("gateway.networking.k8s.io/v1", "Gateway", "default", "front", {
            metadata: { name: "front", namespace: "default", labels: { "app.kubernetes.io/managed-by": "Helm" } },
          }),
          object("gateway.networking.k8s.io/v1", "HTTPRoute", "elsewhere", "theirs", {
            spec: { parentRefs: [{ name: "front", namespace: "default" }] },
          }),
        ),
      /^HTTPRoute elsewhere\/theirs exists, .* takes requests for any host at Gateway \(Gateway API\) default\/front/,
      /delete httproute theirs -n elsewhere$/,
    ],
    [
      "the webhook that adds sidecars, changed so that it adds none",
      (world, chart) => {
        chart.find("MutatingWebhookConfiguration").webhooks[0].namespaceSelector = { matchLabels: { x: "y" } };
        chart.find("MutatingWebhookConfiguration").metadata.managedFields = [
          {
            manager: "kubectl-patch",
            fieldsV1: {
              "f:webhooks": {
                'k:{"name":"namespace.sidecar-injector.istio.io"}': {
                  "f:namespaceSelector": { "f:matchLabels": { "f:x": {} } },
                },
              },
            },
          },
        ];
        for (const pod of world.objects) if (pod.kind === "Pod") pod.spec.initContainers = [];
      },
      /^MutatingWebhookConfiguration istio-sidecar-injector is not as the chart of release istiod made it: .*namespaceSelector.* Pods without one: .*default\/productpage/,
      /^MEND$/,
    ],
    [
      "another namespace's entry for a lesson's host",
      (world) => world.add(object(istio, "ServiceEntry", "elsewhere", "e", { spec: { hosts: [host] } })),
      /^ServiceEntry elsewhere\/e exists, .* gives productpage of namespace default other endpoints/,
      /delete serviceentry e -n elsewhere$/,
    ],
    [
      "another namespace's Gateway for the lab's gateway",
      (world) =>
        world.add(
          object(istio, "Gateway", "elsewhere", "g", {
            spec: { selector: { istio: "ingressgateway" }, servers: [{ hosts: ["*"] }] },
          }),
        ),
      /^Gateway elsewhere\/g exists, .* opens the lab's gateway for \*/,
      /delete gateways\.networking\.istio\.io g -n elsewhere$/,
    ],
    [
      "a label of a namespace that refuses pods",
      (world) => {
        const { metadata } = world.find("Namespace", undefined, "default");
        metadata.labels!["pod-security.kubernetes.io/enforce"] = "baseline";
        refused(world, `pods "x" is forbidden: violates PodSecurity "baseline:latest": non-default capabilities`);
      },
      /^Deployment default\/productpage-v1 gets no pod: namespace default has the label pod-security\.kubernetes\.io\/enforce=baseline/,
      /^npm run -s kubectl -- label namespace default pod-security\.kubernetes\.io\/enforce- && MEND$/,
    ],
    [
      "a quota",
      (world) =>
        refused(
          world,
          `pods "x" is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1`,
        ),
      /gets no pod: ResourceQuota default\/small allows no more\. The API server says: .*exceeded quota/,
      /delete resourcequota small -n default && MEND$/,
    ],
    [
      "a webhook of somebody's that does not answer",
      (world) => {
        world.add(
          object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", undefined, "gate", {
            webhooks: [{ name: "gate.example.org", failurePolicy: "Ignore" }],
          }),
        );
        refused(world, `Internal error occurred: failed calling webhook "gate.example.org": no endpoints`);
      },
      /ValidatingWebhookConfiguration gate asks webhook gate\.example\.org first/,
      /delete validatingwebhookconfiguration gate && MEND$/,
    ],
    [
      "an admission policy",
      (world) => refused(world, `ValidatingAdmissionPolicy 'no-root' with binding 'no-root-all' denied request: no`),
      /ValidatingAdmissionPolicy no-root refuses them/,
      /delete validatingadmissionpolicybinding no-root-all && MEND$/,
    ],
    [
      "a cordoned node",
      (world) => {
        world.add(object("v1", "Node", undefined, "one", { spec: { unschedulable: true } }));
        waits(world);
      },
      /^No node takes new pods: node one is cordoned .*Pod default\/productpage-v1-abc12 waits for one\.$/,
      /^npm run -s kubectl -- uncordon one$/,
    ],
    [
      "a tainted node",
      (world) => {
        world.add(
          object("v1", "Node", undefined, "one", {
            spec: { taints: [{ key: "team", value: "red", effect: "NoSchedule" }] },
          }),
        );
        waits(world);
      },
      /node one has the taint team=red:NoSchedule/,
      /^npm run -s kubectl -- taint nodes one team:NoSchedule-$/,
    ],
    [
      "a node that is cordoned and has two taints",
      (world) => {
        const taints = ["red", "blue"].map((key) => ({ key, effect: "NoExecute" }));
        world.add(object("v1", "Node", undefined, "one", { spec: { unschedulable: true, taints } }));
        waits(world);
      },
      /node one is cordoned \(spec\.unschedulable\) and has the taint red:NoExecute and has the taint blue:NoExecute/,
      /^npm run -s kubectl -- uncordon one && npm run -s kubectl -- taint nodes one red:NoExecute- blue:NoExecute-$/,
    ],
    [
      "the names of the cluster",
      (world) =>
        world.add(
          object("apps/v1", "Deployment", "kube-system", "coredns", {
            metadata: { name: "coredns", namespace: "kube-system", labels: { "k8s-app": "kube-dns" } },
            spec: { replicas: 0, selector: { matchLabels: { "k8s-app": "kube-dns" } } },
          }),
        ),
      /^Deployment kube-system\/coredns has spec\.replicas 0: names in the cluster do not resolve/,
      /^npm run -s kubectl -- scale deployment coredns -n kube-system --replicas=1$/,
    ],
    [
      "an autoscaler",
      (world) => {
        world.find("Deployment", "default", "productpage-v1").spec.replicas = 3;
        world.add(
          object("autoscaling/v2", "HorizontalPodAutoscaler", "default", "page", {
            spec: { scaleTargetRef: { kind: "Deployment", name: "productpage-v1" }, minReplicas: 3 },
          }),
        );
      },
      /^HorizontalPodAutoscaler default\/page exists, .* sets spec\.replicas of Deployment default\/productpage-v1, which is 3 and was made as 1/,
      /^npm run -s kubectl -- delete horizontalpodautoscaler page -n default && MEND$/,
    ],
    [
      "a Gateway's port",
      (world) => (world.find("Gateway", "default", "bookinfo-gateway").spec.servers[0].port.number = 8080),
      /^Gateway default\/bookinfo-gateway listens on 8080 HTTP .*Pulumi made it for 80 HTTP/,
      /^MEND$/,
    ],
  ])("%s: the cause, and what puts it right", async (_, damage, cause, fix) => {
    const found = choose(page, await findings(damage));
    expect(found?.cause).toMatch(cause);
    expect(found?.fix).toMatch(fix);
  });

  it.each<[string, (world: World, chart: ChartSeat) => void]>([
    ["a route that is exported elsewhere", (world) => world.add(route({ hosts: [host], exportTo: ["."] }))],
    [
      "a route with a wildcard for another namespace",
      (world) => world.add(route({ hosts: ["*.elsewhere.svc.cluster.local"] })),
    ],
    ["a route for another host", (world) => world.add(route({ hosts: ["productpage.elsewhere.svc.cluster.local"] }))],
    [
      "a node that is cordoned while no pod waits",
      (world) => world.add(object("v1", "Node", undefined, "one", { spec: { unschedulable: true } })),
    ],
    [
      "a taint by which Kubernetes itself notes a node's state",
      (world) => {
        world.add(
          object("v1", "Node", undefined, "one", {
            spec: { taints: [{ key: "node.kubernetes.io/not-ready", effect: "NoSchedule" }] },
          }),
        );
        waits(world);
      },
    ],
    [
      "a taint by which pods only rather go elsewhere",
      (world) => {
        world.add(
          object("v1", "Node", undefined, "one", { spec: { taints: [{ key: "team", effect: "PreferNoSchedule" }] } }),
        );
        waits(world);
      },
    ],
    [
      "one cordoned node of two",
      (world) => {
        world.add(object("v1", "Node", undefined, "one", { spec: { unschedulable: true } }));
        world.add(object("v1", "Node", undefined, "two", { spec: {} }));
        waits(world);
      },
    ],
  ])("is none of: %s", async (_, damage) => {
    const world = new World();
    damage(world, new ChartSeat());
    const snapshot = await world.snapshot();
    expect(othersRules.flatMap((rule) => rule(snapshot))).toEqual([]);
  });

  it.each(["istio-system", "istio-ingress"])("is namespace %s, until it is gone or about to go", (name) => {
    const namespace = (of: string, metadata: object = {}) => ({
      ...object("v1", "Namespace", undefined, of, {}),
      metadata: { name: of, ...metadata },
    });
    const told = (made: object[], live: object[]) =>
      controlPlane({ made: { Namespace: made }, live: { Namespace: live }, repairCommand: "MEND" } as never);
    const made = [namespace("default"), namespace(name)];
    expect(told(made, [namespace("default"), namespace(name)])).toEqual([]);
    const gone = { cause: expect.stringMatching(`^Namespace ${name}, which Pulumi made`), fix: "MEND", first: true };
    expect(told(made, [namespace("default")])).toMatchObject([gone]);
    const terminating = namespace(name, { deletionTimestamp: "2026-02-01T00:00:00Z" });
    expect(told(made, [namespace("default"), terminating])).toMatchObject([gone]);
    expect(told([namespace("default")], [namespace("default")]), "somebody's own Istio is not the seat's").toEqual([]);
  });

  it("is told before what does not lie on the request's way: an unused subset, and a younger route", async () => {
    const found = choose(
      page,
      await findings((world) => {
        world
          .find("DestinationRule", "default", "reviews")
          .spec.subsets.push({ name: "v9", labels: { version: "v9" } });
        world.add(route({ hosts: ["reviews.default.svc.cluster.local"] }));
        const [server] = world.find("Gateway", "default", "bookinfo-gateway").spec.servers;
        server.port.number = 8080;
        // It was made for all hosts, and is for all hosts besides.
        server.hosts.push("default/*", "b.example.org");
      }),
    );
    expect(found?.cause).toMatch(/^Gateway default\/bookinfo-gateway listens on 8080/);
  });

  it("does not blame a webhook that is gone for what fails while every pod has its sidecar", async () => {
    const all = await findings((world, chart) => {
      chart.remove("MutatingWebhookConfiguration");
      world.find("Gateway", "default", "bookinfo-gateway").spec.servers[0].port.number = 8080;
    });
    expect(choose(page, all)?.cause).toMatch(/^Gateway default\/bookinfo-gateway listens on 8080/);
  });

  it("is told as the cause of all that follows from it", async () => {
    const all = await findings((world, chart) => {
      chart.remove("MutatingWebhookConfiguration");
      for (const pod of world.objects) if (pod.kind === "Pod") pod.spec.initContainers = [];
    });
    expect(choose(page, all)?.cause).toMatch(/^MutatingWebhookConfiguration istio-sidecar-injector/);
  });
});
