import { describe, expect, it } from "vitest";
import { differences } from "../../../../cli/inventory/compare";
import { type RuleFinding, kinds, type SnapshotKind } from "../../../../cli/check/diagnosis/snapshot";
import { rules } from "../../../../cli/check/diagnosis/rules";
import type { KubeObject } from "../../../../kube";
import { podOf, twice, World } from "./world";

/** The known causes on a seat with two of everything; the mere differences where there is no other. */
async function findings(damage: (world: World) => void): Promise<RuleFinding[]> {
  const world = new World(twice);
  damage(world);
  const snapshot = await world.snapshot();
  const all = rules.flatMap((rule) => rule(snapshot));
  return all.some(({ generic }) => !generic) ? all.filter(({ generic }) => !generic) : all;
}

const spec = (world: World, kind: SnapshotKind, name: string, namespace: string | undefined = "default"): any =>
  (world.find(kind, namespace, name) as any).spec;
const allow = (world: World) => spec(world, "AuthorizationPolicy", "allow-frontend-to-api", "blog");
const telemetry = (world: World) => spec(world, "Telemetry", "mesh-default", "istio-system");
const status = (world: World, pod: string, containerStatuses: object[], more: object = {}) =>
  (world.find("Pod", "blog", pod).status = {
    phase: "Pending",
    conditions: [{ type: "Ready", status: "False" }],
    containerStatuses,
    ...more,
  });
const waiting = (name: string, reason: string, message?: string) => ({
  name,
  ready: false,
  state: { waiting: { reason, message } },
});
const mended = /^MEND$/;

/** Each row breaks the second of a kind, or the last of a list. It names the one cause that is to be told, and the command that mends it. */
const table: [what: string, damage: (world: World) => void, cause: RegExp, fix: RegExp, services?: string[]][] = [
  [
    "port's name",
    (w) => (spec(w, "Service", "reviews").ports[1].name = "tcp-admin"),
    /port 9090 has the name tcp-admin \(spec\.ports\[1\]\), .* name grpc-admin.*no split/,
    mended,
    ["reviews"],
  ],
  [
    "port's appProtocol",
    (w) => (spec(w, "Service", "reviews").ports[1].appProtocol = "redis"),
    /port 9090 has the appProtocol redis .* name grpc-admin.*: as redis the traffic is bytes/,
    mended,
  ],
  [
    "port, named by nothing",
    (w) => (spec(w, "Service", "reviews").ports[1].name = "admin"),
    /port 9090 .*it can read none/,
    mended,
  ],
  [
    "port of another HTTP",
    (w) => (spec(w, "Service", "reviews").ports[1].name = "HTTP2-admin"),
    /port 9090 .*now speak http2 to it instead of grpc/,
    mended,
  ],
  [
    "port's target",
    (w) => (spec(w, "Service", "reviews").ports[1].targetPort = 9090),
    /port 9090 leads to port 9090 .*spec\.ports\[1\]\.targetPort\), Pulumi made it 9091/,
    mended,
  ],
  ["port, gone", (w) => spec(w, "Service", "reviews").ports.pop(), /has no port 9090 \(spec\.ports has 9080\)/, mended],
  [
    "ports, all gone",
    (w) => (spec(w, "Service", "frontend", "blog").ports = []),
    /has no port 80 \(spec\.ports has none\)/,
    mended,
  ],
  [
    "node port",
    (w) => (spec(w, "Service", "kialinodeport", "istio-system").ports[1].nodePort = 30998),
    /node port 30998 for port 9090; Pulumi made it with 31603/,
    mended,
  ],
  [
    "node port, none",
    (w) => delete spec(w, "Service", "kialinodeport", "istio-system").ports[1].nodePort,
    /node port nothing for port 9090; Pulumi made it with 31603/,
    mended,
  ],
  [
    "label of a selector",
    (w) => (spec(w, "Service", "kiali", "istio-system").selector["app.kubernetes.io/name"] = "grafana"),
    /selects pods with app=kiali,app\.kubernetes\.io\/name=grafana .*no endpoints/,
    mended,
  ],
  [
    "label that a selector has got",
    (w) => (spec(w, "Service", "reviews").selector.version = "v9"),
    /selects pods with app=reviews,version=v9 .*no endpoints/,
    mended,
  ],
  [
    "selector, none",
    (w) => (spec(w, "Service", "reviews").selector = {}),
    /selects pods with \(nothing\) .*made it app=reviews/,
    mended,
  ],
  [
    "port's mTLS",
    (w) => (spec(w, "DestinationRule", "reviews").trafficPolicy.portLevelSettings[1].tls.mode = "SIMPLE"),
    /portLevelSettings\[1\]\.tls\.mode SIMPLE, Pulumi made it ISTIO_MUTUAL.*without the mesh's certificates \(SIMPLE\)/,
    mended,
    ["reviews"],
  ],
  [
    "subset's mTLS",
    (w) => (spec(w, "DestinationRule", "reviews").subsets[1].trafficPolicy.tls.mode = "DISABLE"),
    /spec\.subsets\[1\]\.trafficPolicy\.tls\.mode DISABLE, Pulumi made it ISTIO_MUTUAL.*plaintext/,
    mended,
  ],
  [
    "port's mTLS that nobody wrote",
    (w) =>
      spec(w, "DestinationRule", "reviews").trafficPolicy.portLevelSettings.push({
        port: { number: 1 },
        tls: { mode: "MUTUAL" },
      }),
    /portLevelSettings\[2\]\.tls\.mode MUTUAL, which Pulumi did not write/,
    mended,
  ],
  [
    "subset, gone",
    (w) => spec(w, "DestinationRule", "reviews").subsets.pop(),
    /sends to subset v3 of reviews \(spec\.http\[0\]\.route\[0\]\.destination\), which no DestinationRule declares: DestinationRule default\/reviews has only v1/,
    mended,
  ],
  [
    "subsets, all gone",
    (w) => (spec(w, "DestinationRule", "reviews").subsets = []),
    /sends to subset v3, v1 of reviews .*has only none \(spec\.subsets\)/,
    mended,
  ],
  [
    "subset that a route names",
    (w) => (spec(w, "VirtualService", "reviews").http[1].route[1].destination.subset = "v9"),
    /sends to subset v9 of reviews \(spec\.http\[1\]\.route\[1\]\.destination\)/,
    mended,
  ],
  [
    "label of a subset",
    (w) => (spec(w, "DestinationRule", "reviews").subsets[1].labels.region = "north"),
    /subset v3 selects pods with version=v3,region=north .*; Pulumi made it version=v3/,
    mended,
  ],
  [
    "rule's weights",
    (w) => (spec(w, "VirtualService", "reviews").http[1].route[1].weight = 40),
    /sends reviews v3 all : reviews v1 50 : reviews v3 40.*made it .* reviews v3 50.*\(spec\.http\[1\]\.route\[1\]\.weight\)/,
    mended,
    ["reviews"],
  ],
  [
    "rule's weight of a HTTPRoute",
    (w) => (spec(w, "HTTPRoute", "front", "blog").rules[1].backendRefs[1].weight = 20),
    /HTTPRoute blog\/front sends api 1 : api 90 : frontend 20; .*frontend 10 \(spec\.rules\[1\]\.backendRefs\[1\]\.weight\)/,
    mended,
    ["frontend"],
  ],
  [
    "weight that nobody wrote",
    (w) => delete spec(w, "HTTPRoute", "front", "blog").rules[1].backendRefs[1].weight,
    /frontend 1; .*frontend 10/,
    mended,
  ],
  [
    "destination",
    (w) => (spec(w, "VirtualService", "reviews").http[1].route[1].destination.host = "gone"),
    /sends to gone \(spec\.http\[1\]\.route\[1\]\.destination\.host\)/,
    mended,
  ],
  [
    "mirror",
    (w) => (spec(w, "VirtualService", "reviews").http[1].mirror.host = "gone"),
    /sends to gone \(spec\.http\[1\]\.mirror\.host\)/,
    mended,
  ],
  [
    "destination by TCP, of another namespace",
    (w) => (spec(w, "VirtualService", "reviews").tcp[0].route[1].destination.host = "gone.blog"),
    /sends to gone\.blog \(spec\.tcp\[0\]\.route\[1\]\.destination\.host\)/,
    mended,
  ],
  [
    "backend of a HTTPRoute",
    (w) => (spec(w, "HTTPRoute", "front", "blog").rules[1].backendRefs[1].name = "gone"),
    /HTTPRoute blog\/front sends to gone \(spec\.rules\[1\]\.backendRefs\[1\]\.name\)/,
    mended,
  ],
  [
    "host of a route",
    (w) => (spec(w, "VirtualService", "reviews").hosts[1] = "review"),
    /is for the hosts reviews, review \(spec\.hosts\)/,
    mended,
  ],
  [
    "host that a route has got",
    (w) => spec(w, "VirtualService", "reviews").hosts.push("more"),
    /is for the hosts reviews, .*, more \(spec\.hosts\)/,
    mended,
  ],
  [
    "host of a HTTPRoute",
    (w) => spec(w, "HTTPRoute", "front", "blog").hostnames.pop(),
    /HTTPRoute blog\/front is for the hosts a\.example \(spec\.hostnames\); Pulumi made it for a\.example, b\.example/,
    mended,
    ["api", "frontend"],
  ],
  [
    "hosts of a HTTPRoute, all gone",
    (w) => delete spec(w, "HTTPRoute", "front", "blog").hostnames,
    /is for the hosts \(none\)/,
    mended,
  ],
  [
    "Gateway of a route",
    (w) => (spec(w, "VirtualService", "bookinfo").gateways[1] = "blog/gone"),
    /bound to the Gateway blog\/gone/,
    mended,
    ["productpage"],
  ],
  [
    "Gateway of a route, in a namespace that is not looked at",
    (w) => (spec(w, "VirtualService", "bookinfo").gateways[1] = "elsewhere/gate"),
    /is not as Pulumi made it: spec\.gateways\[1\] is "elsewhere\/gate"/,
    mended,
  ],
  [
    "Gateway's selector",
    (w) => (spec(w, "Gateway", "blog-gateway", "blog").selector.istio = "nobody"),
    /Gateway blog\/blog-gateway selects gateway pods with istio=nobody/,
    mended,
    ["productpage"],
  ],
  [
    "server's hosts",
    (w) => (spec(w, "Gateway", "bookinfo-gateway").servers[1].hosts[1] = "d.example"),
    /lets in the hosts \*, b\.example, d\.example .*made it for \*, b\.example, c\.example/,
    mended,
  ],
  [
    "server's host, gone",
    (w) => spec(w, "Gateway", "bookinfo-gateway").servers[1].hosts.pop(),
    /lets in the hosts \*, b\.example \(/,
    mended,
  ],
  [
    "rule's fault",
    (w) =>
      (spec(w, "VirtualService", "reviews").http[1].fault = { abort: { httpStatus: 418, percentage: { value: 100 } } }),
    /injects a fault, spec\.http\[1\]\.fault: .*418.*Pulumi made the route without it/,
    mended,
  ],
  [
    "fault in a fault's place",
    (w) => (spec(w, "VirtualService", "reviews").http[0].fault.delay.fixedDelay = "9s"),
    /spec\.http\[0\]\.fault: .*9s/,
    mended,
  ],
  [
    "rule of a policy, for everybody",
    (w) => delete allow(w).rules[1].from,
    /spec\.rules\[1\] has no from: /,
    mended,
    ["api"],
  ],
  [
    "principals of a policy",
    (w) => (allow(w).rules[1].from = [{ source: { namespaces: ["blog"] } }]),
    /spec\.rules\[1\]\.from no longer names principals/,
    mended,
  ],
  [
    "principal of a policy",
    (w) => (allow(w).rules[1].from[1].source.principals[1] = "cluster.local/ns/blog/sa/gone"),
    /spec\.rules\[1\]\.from names the principal cluster\.local\/ns\/blog\/sa\/gone, which no pod has/,
    mended,
  ],
  [
    "principal that is another's",
    (w) => (allow(w).rules[1].from[1].source.principals[1] = "cluster.local/ns/default/sa/productpage"),
    /spec\.rules\[1\]\.from is .*sa\/productpage/,
    mended,
  ],
  [
    "principal for everybody",
    (w) => (allow(w).rules[1].from[1].source.principals[1] = "*"),
    /spec\.rules\[1\]\.from is .*"\*"/,
    mended,
  ],
  [
    "requests of a policy",
    (w) => (allow(w).rules[1].to[1].operation.paths = ["/c"]),
    /spec\.rules\[1\]\.to is .*\/c.* made it .*\/b/,
    mended,
  ],
  [
    "requests of a policy, all",
    (w) => delete allow(w).rules[1].to,
    /spec\.rules\[1\]\.to is missing, so the rule is for every request/,
    mended,
  ],
  ["rule of a policy, gone", (w) => allow(w).rules.pop(), /spec\.rules has 1 instead of 2\.$/, mended],
  [
    "rules of a policy, all gone",
    (w) => (allow(w).rules = []),
    /spec\.rules is empty: .*lets nobody in\. Pulumi made 2/,
    mended,
  ],
  [
    "selector of a policy, gone",
    (w) => delete allow(w).selector,
    /spec\.selector selects every pod of the namespace; Pulumi made it app=api/,
    mended,
  ],
  [
    "selector that a policy has got",
    (w) => (spec(w, "AuthorizationPolicy", "deny-all", "blog").selector = { matchLabels: { app: "api" } }),
    /spec\.selector selects pods with app=api; Pulumi made it for every pod of the namespace/,
    mended,
  ],
  [
    "tracing of a Telemetry",
    (w) => (telemetry(w).tracing[1].randomSamplingPercentage = 0),
    /spec\.tracing\[1\]\.randomSamplingPercentage 0, Pulumi made it 50: of a hundred requests 0 are traced/,
    mended,
  ],
  [
    "provider of a Telemetry",
    (w) => (telemetry(w).tracing[1].providers[0].name = "zipkin"),
    /spec\.tracing\[1\]\.providers\.0\.name "zipkin", Pulumi made it "jaeger"/,
    mended,
  ],
  [
    "all that a Telemetry asks for",
    (w) => w.remove("Telemetry", "istio-system", "mesh-default"),
    /trace no request and send their access log only to their own output and count as Istio's defaults say/,
    mended,
  ],
  [
    "namespace's mTLS, off",
    (w) => (spec(w, "PeerAuthentication", "default", "admission").mtls.mode = "DISABLE"),
    /PeerAuthentication admission\/default has spec\.mtls\.mode DISABLE.*no mTLS/,
    mended,
  ],
  [
    "namespace's mTLS, not set",
    (w) => (spec(w, "PeerAuthentication", "default", "blog").mtls = {}),
    /PeerAuthentication blog\/default has spec\.mtls\.mode not set/,
    mended,
  ],
  [
    "namespace's mTLS, both ways",
    (w) => (spec(w, "PeerAuthentication", "default", "admission").mtls.mode = "PERMISSIVE"),
    /made it STRICT: the sidecars take plaintext as well\.$/,
    mended,
  ],
  [
    "replica of two",
    (w) => (spec(w, "Deployment", "productpage-v1").replicas = 1),
    /productpage-v1 has spec\.replicas 1, Pulumi made it 2\.$/,
    mended,
    ["productpage"],
  ],
  [
    "replica more",
    (w) => (spec(w, "Deployment", "productpage-v1").replicas = 3),
    /productpage-v1 is not as Pulumi made it: spec\.replicas is 3, made as 2/,
    mended,
  ],
  [
    "replica of a StatefulSet",
    (w) => {
      spec(w, "StatefulSet", "loki", "istio-system").replicas = 0;
      w.remove("Pod", "istio-system", "loki-abc12");
    },
    /StatefulSet istio-system\/loki has spec\.replicas 0, Pulumi made it 1/,
    mended,
  ],
  [
    "container that waits",
    (w) => status(w, "api-abc12", [{ name: "api", ready: true }, waiting("second", "CrashLoopBackOff")]),
    /container second: CrashLoopBackOff\.$/,
    mended,
  ],
  [
    "container that waits for another",
    (w) =>
      status(w, "api-abc12", [waiting("api", "PodInitializing"), waiting("second", "ErrImagePull", "no such image")]),
    /container second: ErrImagePull \(no such image\)/,
    mended,
  ],
  [
    "init container that waits",
    (w) =>
      status(w, "api-abc12", [waiting("api", "PodInitializing")], {
        initContainerStatuses: [
          { name: "istio-init" },
          { ...waiting("istio-proxy", "CrashLoopBackOff"), lastState: { terminated: { reason: "OOMKilled" } } },
        ],
      }),
    /container istio-proxy: CrashLoopBackOff \(OOMKilled\)/,
    mended,
  ],
  [
    "container that ended",
    (w) =>
      status(w, "api-abc12", [
        { name: "api", ready: false, state: { terminated: { exitCode: 0 } } },
        { name: "second", ready: false, state: { terminated: { exitCode: 137 } } },
      ]),
    /container second ended with exit code 137/,
    mended,
  ],
  [
    "container that is not ready",
    (w) =>
      status(w, "api-abc12", [
        { name: "api", ready: true },
        { name: "second", ready: false },
      ]),
    /container second runs and does not pass its readiness probe/,
    mended,
  ],
  [
    "pod that has no container yet",
    (w) => status(w, "api-abc12", []),
    /Pod blog\/api-abc12 is not ready: it is still starting/,
    mended,
  ],
  [
    "pod of two",
    (w) => {
      const other = podOf(w.find("Deployment", "blog", "api"));
      other.metadata.name = "api-other";
      w.add(other);
      status(w, "api-other", [waiting("api", "ErrImagePull")]);
    },
    /Pod blog\/api-other is not ready/,
    mended,
  ],
  [
    "pod that cannot be made",
    (w) => {
      w.remove("Pod", "blog", "api-abc12");
      w.find("Deployment", "blog", "api").status = {
        conditions: [
          { type: "Available", status: "False" },
          { type: "ReplicaFailure", status: "True", message: "exceeded quota" },
        ],
      };
    },
    /Deployment blog\/api is not ready: no pod could be made: exceeded quota/,
    mended,
  ],
  [
    "gateway's pod",
    (w) =>
      (w.find("Pod", "istio-ingress", "istio-ingressgateway-abc12").status = {
        conditions: [{ type: "Ready", status: "False" }],
        containerStatuses: [waiting("istio-proxy", "ErrImagePull")],
      }),
    /Pod istio-ingress\/istio-ingressgateway-abc12 is not ready/,
    mended,
  ],
  [
    "account, the default one",
    (w) => delete spec(w, "Deployment", "frontend", "blog").template.spec.serviceAccountName,
    /runs its pods as ServiceAccount default .*made it frontend.*ns\/blog\/sa\/default/,
    mended,
  ],
  [
    "claim's class",
    (w) => {
      w.add({ metadata: { name: "slow" }, apiVersion: "storage.k8s.io/v1", kind: "StorageClass" });
      spec(w, "PersistentVolumeClaim", "second", "admission").storageClassName = "slow";
    },
    /admission\/second names spec\.storageClassName slow, which is not the default one; Pulumi made the claim without a class/,
    /^MEND --delete-claim second$/,
  ],
  [
    "subject of a binding",
    (w) =>
      w.add({
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRoleBinding",
        metadata: { name: "both" },
        roleRef: { kind: "ClusterRole", name: "admin" },
        subjects: [
          { kind: "User", name: "me" },
          { kind: "ServiceAccount", name: "kiali", namespace: "istio-system" },
        ],
      }),
    /it gives ServiceAccount istio-system\/kiali the ClusterRole admin/,
    /delete clusterrolebinding both$/,
  ],
  [
    "verb that writes, in the first rule",
    (w) => (w.find("ClusterRole", undefined, "kiali") as any).rules[0].verbs.push("delete"),
    /lets kiali delete pods, services \(rules\[0\]\.verbs\)/,
    mended,
  ],
  [
    "verb for everything",
    (w) => ((w.find("ClusterRole", undefined, "kiali") as any).rules[1].verbs = ["get", "list", "*"]),
    /lets kiali \* \* \(rules\[1\]\.verbs\)/,
    mended,
  ],
  [
    "resource to write",
    (w) => (w.find("ClusterRole", undefined, "kiali") as any).rules[2].resources.push("secrets"),
    /lets kiali create tokenreviews, secrets \(rules\[2\]\.verbs\)/,
    /MEND$/,
  ],
  [
    "group to write",
    (w) => (w.find("ClusterRole", undefined, "kiali") as any).rules[2].apiGroups.push("apps"),
    /lets kiali create tokenreviews \(rules\[2\]\.verbs\)/,
    /MEND$/,
  ],
];

describe("a seat with two of everything", () => {
  it("gives no finding while it is well", async () => {
    expect(await findings(() => undefined)).toEqual([]);
  });

  it.each(table)("tells of the second %s", async (_, damage, cause, fix, services = []) => {
    const found = await findings(damage);
    expect(found.map((finding) => finding.cause)).toEqual([expect.stringMatching(cause)]);
    expect(found[0]!.fix).toMatch(fix);
    expect(found[0]!.services).toEqual(expect.arrayContaining(services));
    expect(found[0]!.cause).not.toMatch(/undefined|\[object/);
  });

  it.each<[string, (world: World) => void]>([
    [
      "the order of a selector's labels",
      (w) =>
        (spec(w, "Service", "kiali", "istio-system").selector = { "app.kubernetes.io/name": "kiali", app: "kiali" }),
    ],
    [
      "a pod that has ended, or is being ended",
      (w) => {
        for (const [name, more] of [
          ["a", { status: { phase: "Succeeded" } }],
          ["b", { status: { phase: "Failed" } }],
        ] as const)
          w.add({
            ...podOf(w.find("Deployment", "blog", "api")),
            metadata: { name, namespace: "blog", labels: { app: "api", version: "v1" } },
            ...more,
          });
        w.add({
          ...podOf(w.find("Deployment", "blog", "api")),
          metadata: { name: "c", namespace: "blog", labels: { app: "api", version: "v1" }, deletionTimestamp: "now" },
          status: { phase: "Running" },
        });
      },
    ],
    [
      "a sidecar that is a container as any other",
      (w) =>
        Object.assign(w.find("Pod", "blog", "api-abc12").spec, {
          initContainers: [{ name: "istio-init" }],
          containers: [{ name: "api" }, { name: "istio-proxy" }],
        }),
    ],
    [
      "no sidecar where the namespace asks for none",
      (w) => {
        w.add({
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: { name: "x", namespace: "istio-ingress", labels: { "app.kubernetes.io/managed-by": "Helm" } },
          spec: {
            replicas: 1,
            selector: { matchLabels: { app: "x" } },
            template: { metadata: { labels: { app: "x" } } },
          },
        });
        w.add({
          ...podOf(w.find("Deployment", "istio-ingress", "istio-ingressgateway")),
          metadata: { name: "x", namespace: "istio-ingress", labels: { app: "x" } },
          spec: { containers: [{ name: "x" }] },
        });
      },
    ],
    [
      "a binding of an account of another namespace",
      (w) =>
        w.add({
          apiVersion: "rbac.authorization.k8s.io/v1",
          kind: "ClusterRoleBinding",
          metadata: { name: "other" },
          roleRef: { kind: "ClusterRole", name: "admin" },
          subjects: [{ kind: "ServiceAccount", name: "kiali", namespace: "mine" }],
        }),
    ],
  ])("does not mind %s", async (_, damage) => {
    expect(await findings(damage)).toEqual([]);
  });
});

describe("claims", () => {
  const pending = (world: World, claim: string, named?: string) =>
    Object.assign(world.find("PersistentVolumeClaim", "admission", claim), {
      spec: { ...spec(world, "PersistentVolumeClaim", claim, "admission"), storageClassName: named },
      status: { phase: "Pending" },
    });
  const event = (claim: string, message: string, type = "Warning", kind = "PersistentVolumeClaim") =>
    ({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: message, namespace: "admission" },
      involvedObject: { kind, name: claim },
      type,
      message,
    }) as KubeObject;
  const causes = async (damage: (world: World) => void) =>
    (await findings(damage)).map(({ cause, fix }) => [cause, fix]);

  it("without any StorageClass say so, each by what it names", async () => {
    const none = await causes((world) => {
      world.remove("StorageClass", undefined, "standard");
      pending(world, "second");
    });
    expect(none).toEqual([
      [
        expect.stringMatching(
          /myclaim names spec\.storageClassName standard, which does not exist: there is no StorageClass at all/,
        ),
        remadeClaim("myclaim"),
      ],
      [
        expect.stringMatching(/second was made without a class, and no StorageClass .*\(there is none at all\)/),
        "Install a StorageClass with a provisioner, and make it the default one.",
      ],
    ]);
  });

  it("that wait say what their last warning says, and no other's", async () => {
    const events = [
      event("second", "an older word"),
      event("second", "no room"),
      event("second", "all is well", "Normal"),
      event("myclaim", "another's"),
      event("second", "a pod's", "Warning", "Pod"),
    ];
    expect(
      await causes((world) => {
        pending(world, "second", "standard");
        world.add(...events);
      }),
    ).toEqual([["PersistentVolumeClaim admission/second is Pending: no room", "MEND"]]);
  });

  it("that wait for a provisioner whose pod crashes name that pod; without it, the event that says what is waited for", async () => {
    const waiting = {
      ...event(
        "second",
        'Waiting for a volume to be created either by the external provisioner "k8s.io/minikube-hostpath" or manually by the system administrator.',
        "Normal",
      ),
      reason: "ExternalProvisioning",
    } as KubeObject;
    const crashing = (name: string) =>
      ({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, namespace: "kube-system" },
        status: {
          conditions: [{ type: "Ready", status: "False" }],
          containerStatuses: [
            { name: "main", ready: false, state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 40s" } } },
          ],
        },
      }) as KubeObject;
    const well = {
      ...crashing("storage-provisioner"),
      status: { conditions: [{ type: "Ready", status: "True" }] },
    } as KubeObject;
    const wait = (world: World) => {
      pending(world, "second", "standard");
      world.find("StorageClass", undefined, "standard").provisioner = "k8s.io/minikube-hostpath";
      world.add(waiting);
    };
    const [best] = await causes((world) => {
      wait(world);
      world.add(crashing("coredns-1"), crashing("storage-provisioner"));
    });
    expect(best).toEqual([
      "PersistentVolumeClaim admission/second is Pending: it waits for the provisioner k8s.io/minikube-hostpath of StorageClass standard, and Pod kube-system/storage-provisioner is not ready: container main: CrashLoopBackOff (back-off 40s).",
      "Fix what that pod reports. The claim binds once it runs.",
    ]);
    expect(
      await causes((world) => {
        wait(world);
        world.add(well);
      }),
    ).toEqual([
      [
        expect.stringMatching(
          /^PersistentVolumeClaim admission\/second is Pending: Waiting for a volume to be created either by the external provisioner/,
        ),
        "MEND",
      ],
    ]);
  });

  it.each<[string, string, string, object | undefined, string | undefined]>([
    [
      "a known one, by its name",
      "rancher.io/local-path",
      "local-path-provisioner-5d-x",
      undefined,
      "Pod kube-system/local-path-provisioner-5d-x is not ready",
    ],
    [
      "one that names itself in an argument",
      "nfs.example.com/ssd",
      "filer-0",
      { containers: [{ name: "main", args: ["--provisioner=nfs.example.com/ssd"] }] },
      "Pod kube-system/filer-0 is not ready",
    ],
    [
      "one that names itself in a volume",
      "csi.example.com",
      "disk-0",
      { volumes: [{ hostPath: { path: "/var/lib/kubelet/plugins/csi.example.com/" } }] },
      "Pod kube-system/disk-0 is not ready",
    ],
    [
      "one that nothing ties to the class",
      "csi.example.com",
      "some-csi-controller-0",
      {},
      "Pod kube-system/some-csi-controller-0, which may be that provisioner, is not ready",
    ],
    ["another class', by its name", "csi.example.com", "storage-provisioner", undefined, undefined],
    [
      "another class', which names itself",
      "csi.example.com",
      "slow-provisioner-0",
      { containers: [{ name: "main", env: [{ name: "PROVISIONER_NAME", value: "slow.example.com" }] }] },
      undefined,
    ],
    [
      "one of a longer name",
      "csi.example.com",
      "disk-0",
      { containers: [{ name: "main", args: ["--driver-name=csi.example.com.au"] }] },
      undefined,
    ],
    ["any other, where the class' own has a known name", "ebs.csi.aws.com", "some-csi-controller-0", {}, undefined],
  ])(
    "that wait blame the crashing pod of their class' provisioner: %s",
    async (_, provisioner, name, podSpec, blamed) => {
      const crashing = {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, namespace: "kube-system" },
        spec: podSpec,
        status: {
          conditions: [{ type: "Ready", status: "False" }],
          containerStatuses: [{ name: "main", ready: false, state: { waiting: { reason: "CrashLoopBackOff" } } }],
        },
      } as KubeObject;
      const found = await causes((world) => {
        pending(world, "second", "standard");
        world.find("StorageClass", undefined, "standard").provisioner = provisioner;
        world.add(
          {
            metadata: { name: "slow" },
            apiVersion: "storage.k8s.io/v1",
            kind: "StorageClass",
            provisioner: "slow.example.com",
          } as KubeObject,
          crashing,
        );
      });
      expect(found.map(([cause]) => cause)).toEqual(
        blamed === undefined
          ? []
          : [
              expect.stringContaining(
                `waits for the provisioner ${provisioner} of StorageClass standard, and ${blamed}: container main: CrashLoopBackOff`,
              ),
            ],
      );
    },
  );

  const remadeClaim = (name: string) => `MEND --delete-claim ${name}`;
});

const shown = ({ kind, metadata }: KubeObject) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
const madeObjects = async () => {
  const { made } = await new World(twice).snapshot();
  return (Object.keys(kinds) as SnapshotKind[]).flatMap((kind) => made[kind].map((object) => ({ kind, object })));
};

describe("whatever Pulumi made", () => {
  it("is told of when it is gone, with its namespace and what makes it again", async () => {
    for (const { kind, object } of await madeObjects()) {
      const found = await findings((world) => world.remove(kind, object.metadata.namespace, object.metadata.name));
      const of = found.find(({ cause, fix }) => cause.includes(object.metadata.name) && fix === "MEND");
      expect(of, shown(object)).toBeDefined();
    }
  });

  it("differs when any value of it is another one, gone, or one of a list is gone", async () => {
    const healthy = new World(twice);
    const snapshot = await healthy.snapshot();
    let tried = 0;
    for (const { kind, object } of await madeObjects()) {
      if (kind === "Secret") continue;
      const live = snapshot.live[kind].find(
        ({ metadata }) => metadata.name === object.metadata.name && metadata.namespace === object.metadata.namespace,
      )!;
      for (const field of ["spec", "data", "rules", "roleRef", "subjects"] as const) {
        for (const { path, value } of leaves(object[field], [field])) {
          const puts = typeof value === "number" ? [value + 1] : typeof value === "string" ? [`${value}x`] : [];
          for (const put of [...puts, undefined]) {
            tried += 1;
            const changed = structuredClone(live) as any;
            set(changed, path, put);
            expect(
              differences(kind, changed, object),
              `${shown(object)} ${path.join(".")}: ${JSON.stringify(value)} → ${JSON.stringify(put)}`,
            ).not.toEqual([]);
          }
        }
      }
    }
    expect(tried).toBeGreaterThan(300);
  });
});

/** Values that are no map, with their places; zeros and empty ones the server may drop. */
function leaves(value: unknown, path: (string | number)[]): { path: (string | number)[]; value: unknown }[] {
  if (typeof value !== "object" || value === null)
    return value === undefined || value === "" || value === 0 || value === false ? [] : [{ path, value }];
  return Object.entries(value).flatMap(([key, inner]) =>
    leaves(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function set(object: any, path: readonly (string | number)[], put: unknown): void {
  const parent = path.slice(0, -1).reduce((inner, key) => inner[key], object);
  const last = path.at(-1)!;
  if (put !== undefined) parent[last] = put;
  else if (Array.isArray(parent)) parent.splice(last as number, 1);
  else delete parent[last];
}

it.each<[string, string]>([
  ...["tcp", "tls", "mongo", "mysql", "redis", "udp"].map((protocol): [string, string] => [
    protocol,
    `as ${protocol} the traffic is bytes`,
  ]),
  ...["http", "http2", "https", "grpc-web"].map((protocol): [string, string] => [
    protocol,
    `now speak ${protocol} to it instead of grpc`,
  ]),
  ["kubernetes.io/h2c", "now speak http2 to it instead of grpc"],
  ["gopher", "it can read none"],
])("a port of %s is told of by what Istio makes of it", async (protocol, text) => {
  const [found, ...more] = await findings(
    (world) => (spec(world, "Service", "reviews").ports[1].appProtocol = protocol),
  );
  expect(more).toEqual([]);
  expect(found!.cause).toContain(text);
});

/** Everything of the mesh that may be written by hand. */
const ofTheMesh = (Object.keys(kinds) as SnapshotKind[]).filter((kind) =>
  /\.istio\.io$|^gateway\.networking|^networking\.k8s/.test(kinds[kind].group),
);

it.each(ofTheMesh)(
  "a %s of somebody's is told of, in its namespace or for the whole mesh, and can be deleted",
  async (kind) => {
    const { group, version, kind: name } = kinds[kind];
    for (const namespace of ["blog", "istio-system"]) {
      const [found, ...more] = await findings((world) =>
        world.add({
          apiVersion: `${group}/${version}`,
          kind: name,
          metadata: { name: "theirs", namespace },
          spec: { host: "x.example", hosts: ["reviews.elsewhere.svc"] },
        }),
      );
      expect(more).toEqual([]);
      expect(found!.cause).toMatch(
        new RegExp(`${name}\\b.* ${namespace}/theirs exists, and Pulumi did not make it: .{20}`),
      );
      expect(found!.namespace).toBe(namespace === "blog" ? "blog" : undefined);
      expect(found!.fix).toMatch(new RegExp(`delete \\S+ theirs -n ${namespace}$`));
    }
  },
);
