import { describe, expect, it } from "vitest";
import type { RuleFinding } from "../../../../cli/check/diagnosis/snapshot";
import { rules } from "../../../../cli/check/diagnosis/rules";
import type { KubeObject } from "../../../../kube";
import { podOf, World } from "./world";

/** The findings of a broken cluster: the known causes, or the mere differences where there is no other. */
async function findings(damage: (world: World) => void): Promise<RuleFinding[]> {
  const world = new World();
  damage(world);
  const snapshot = await world.snapshot();
  const all = rules.flatMap((rule) => rule(snapshot));
  return all.some(({ generic }) => !generic) ? all.filter(({ generic }) => !generic) : all;
}

function json(object: KubeObject): any {
  return object;
}

const istio = "networking.istio.io/v1";
const security = "security.istio.io/v1";

/** What is broken → the cause that is told, whom it meets, and what puts it right. */
const table: [
  what: string,
  damage: (world: World) => void,
  cause: RegExp,
  where: { namespace?: string; services?: string[] },
  fix: RegExp,
][] = [
  [
    "no PeerAuthentication",
    (w) => w.remove("PeerAuthentication", "blog", "default"),
    /Namespace blog has no PeerAuthentication .*STRICT.*PERMISSIVE/,
    { namespace: "blog" },
    /^MEND$/,
  ],
  [
    "PERMISSIVE",
    (w) => (json(w.find("PeerAuthentication", "default", "default")).spec.mtls.mode = "PERMISSIVE"),
    /PeerAuthentication default\/default has spec.mtls.mode PERMISSIVE, Pulumi made it STRICT/,
    { namespace: "default" },
    /^MEND$/,
  ],
  [
    "PERMISSIVE for one workload",
    (w) =>
      w.add({
        apiVersion: security,
        kind: "PeerAuthentication",
        metadata: { name: "soft", namespace: "blog" },
        spec: { selector: { matchLabels: { app: "api" } }, mtls: { mode: "PERMISSIVE" } },
      }),
    /PeerAuthentication blog\/soft .*PERMISSIVE/,
    { namespace: "blog", services: ["api"] },
    /delete peerauthentication soft -n blog/,
  ],
  [
    "a subset's label",
    (w) => (json(w.find("DestinationRule", "default", "reviews")).spec.subsets[1].labels.version = "v33"),
    /DestinationRule default\/reviews: subset v3 .*version=v33 .*spec\.subsets\[1\]\.labels.* no pod .*version=v3/,
    { namespace: "default", services: ["reviews"] },
    /^MEND$/,
  ],
  [
    "no DestinationRule",
    (w) => w.remove("DestinationRule", "default", "reviews"),
    /VirtualService default\/reviews sends to subset v1, v3 of reviews .*DestinationRule default\/reviews, which Pulumi made, does not exist/,
    { services: ["reviews"] },
    /^MEND$/,
  ],
  [
    "a DestinationRule for another host",
    (w) => (json(w.find("DestinationRule", "default", "reviews")).spec.host = "review"),
    /spec\.host review, Pulumi made it reviews/,
    {},
    /^MEND$/,
  ],
  [
    "weights",
    (w) =>
      Object.assign(json(w.find("VirtualService", "default", "reviews")).spec.http[0].route[0], { weight: 90 }) &&
      Object.assign(json(w.find("VirtualService", "default", "reviews")).spec.http[0].route[1], { weight: 10 }),
    /VirtualService default\/reviews sends reviews v1 90 : reviews v3 10; .* reviews v1 50 : reviews v3 50 \(spec\.http\[0\]\.route\[0\]\.weight\)/,
    { services: ["reviews"] },
    /^MEND$/,
  ],
  [
    "a destination that is no Service",
    (w) => (json(w.find("VirtualService", "default", "bookinfo")).spec.http[0].route[0].destination.host = "frontpage"),
    /VirtualService default\/bookinfo sends to frontpage \(spec\.http\[0\]\.route\[0\]\.destination\.host\).* no Service/,
    {},
    /^MEND$/,
  ],
  [
    "a route's hosts",
    (w) => (json(w.find("VirtualService", "default", "reviews")).spec.hosts = ["review"]),
    /VirtualService default\/reviews is for the hosts review \(spec\.hosts\); Pulumi made it for reviews/,
    { services: ["review", "reviews"] },
    /^MEND$/,
  ],
  [
    "a Gateway's selector",
    (w) => (json(w.find("Gateway", "default", "bookinfo-gateway")).spec.selector.istio = "nobody"),
    /Gateway default\/bookinfo-gateway selects gateway pods with istio=nobody .*made it istio=ingressgateway/,
    { services: ["productpage"] },
    /^MEND$/,
  ],
  [
    "a Gateway that is not there",
    (w) => (json(w.find("VirtualService", "default", "bookinfo")).spec.gateways = ["gate"]),
    /bound to the Gateway gate \(spec\.gateways\), which does not exist/,
    {},
    /^MEND$/,
  ],
  [
    "a Gateway's hosts",
    (w) => (json(w.find("Gateway", "default", "bookinfo-gateway")).spec.servers[0].hosts = ["example.org"]),
    /Gateway default\/bookinfo-gateway lets in the hosts example\.org \(spec\.servers\[\]\.hosts\); Pulumi made it for \*/,
    {},
    /^MEND$/,
  ],
  [
    "a port's name",
    (w) => (json(w.find("Service", "blog", "api")).spec.ports[0].name = "tcp-http"),
    /Service blog\/api: port 80 has the name tcp-http \(spec\.ports\[0\]\), Pulumi made it with the name http.* as tcp /,
    { namespace: "blog", services: ["api"] },
    /^MEND$/,
  ],
  [
    "a TLS mode",
    (w) => (json(w.find("DestinationRule", "default", "reviews")).spec.trafficPolicy = { tls: { mode: "DISABLE" } }),
    /DestinationRule default\/reviews has spec\.trafficPolicy\.tls\.mode DISABLE, Pulumi made it ISTIO_MUTUAL.*plaintext/,
    { services: ["reviews"] },
    /^MEND$/,
  ],
  [
    "a fault",
    (w) =>
      (json(w.find("VirtualService", "default", "reviews")).spec.http[0].fault = {
        abort: { httpStatus: 500, percentage: { value: 100 } },
      }),
    /injects a fault, spec\.http\[0\]\.fault: .*500/,
    { services: ["reviews"] },
    /^MEND$/,
  ],
  [
    "a Service's selector",
    (w) => (json(w.find("Service", "default", "reviews")).spec.selector = { app: "reviewers" }),
    /Service default\/reviews selects pods with app=reviewers .*no endpoints.* made it app=reviews/,
    { services: ["reviews"] },
    /^MEND$/,
  ],
  [
    "a Service that selects another app",
    (w) => (json(w.find("Service", "default", "reviews")).spec.selector = { app: "productpage" }),
    /which are other pods/,
    {},
    /^MEND$/,
  ],
  [
    "a target port",
    (w) => (json(w.find("Service", "blog", "api")).spec.ports[0].targetPort = 9999),
    /port 80 leads to port 9999 .*made it 8080/,
    { services: ["api"] },
    /^MEND$/,
  ],
  [
    "no replica",
    (w) => {
      json(w.find("Deployment", "default", "reviews-v3")).spec.replicas = 0;
      w.remove("Pod", "default", "reviews-v3-abc12");
    },
    /Deployment default\/reviews-v3 has spec\.replicas 0, Pulumi made it 1/,
    { services: ["reviews"] },
    /^MEND$/,
  ],
  [
    "no gateway pod",
    (w) => {
      json(w.find("Deployment", "istio-ingress", "istio-ingressgateway")).spec.replicas = 0;
      w.remove("Pod", "istio-ingress", "istio-ingressgateway-abc12");
    },
    /Deployment istio-ingress\/istio-ingressgateway has spec\.replicas 0/,
    { namespace: undefined },
    /^MEND$/,
  ],
  [
    "an image that cannot be had",
    (w) =>
      (w.find("Pod", "blog", "api-abc12").status = {
        phase: "Pending",
        conditions: [{ type: "Ready", status: "False" }],
        containerStatuses: [
          { name: "api", ready: false, state: { waiting: { reason: "ImagePullBackOff", message: "no such image" } } },
        ],
      }),
    /Pod blog\/api-abc12 is not ready: container api: ImagePullBackOff \(no such image\)/,
    { services: ["api"] },
    /^MEND$/,
  ],
  [
    "no room on the node",
    (w) =>
      (w.find("Pod", "blog", "api-abc12").status = {
        phase: "Pending",
        conditions: [{ type: "PodScheduled", status: "False", message: "0/1 nodes: Insufficient cpu" }],
      }),
    /put on no node: 0\/1 nodes: Insufficient cpu/,
    {},
    /^MEND$/,
  ],
  [
    "no injection, and pods made since",
    (w) => {
      w.find("Namespace", undefined, "blog").metadata.labels = {};
      bare(w, "frontend-abc12");
    },
    /Namespace blog has no label istio-injection, .*The pods of frontend have none/,
    { namespace: "blog", services: ["frontend"] },
    /^MEND$/,
  ],
  [
    "a pod older than the label",
    (w) => bare(w, "frontend-abc12"),
    /Pod blog\/frontend-abc12 has no container istio-proxy/,
    { services: ["frontend"] },
    /^MEND$/,
  ],
  [
    "a Deployment that wants no sidecar",
    (w) => {
      json(w.find("Deployment", "blog", "frontend")).spec.template.metadata.labels["sidecar.istio.io/inject"] = "false";
      bare(w, "frontend-abc12");
    },
    /Deployment blog\/frontend says sidecar\.istio\.io\/inject: "false"/,
    { services: ["frontend"] },
    /^MEND$/,
  ],
  [
    "a policy for everybody",
    (w) => delete json(w.find("AuthorizationPolicy", "blog", "allow-frontend-to-api")).spec.rules[0].from,
    /AuthorizationPolicy blog\/allow-frontend-to-api: spec\.rules\[0\] has no from: .*sa\/frontend/,
    { services: ["api"] },
    /^MEND$/,
  ],
  [
    "a policy without principals",
    (w) =>
      (json(w.find("AuthorizationPolicy", "blog", "allow-frontend-to-api")).spec.rules[0].from = [
        { source: { namespaces: ["*"] } },
      ]),
    /no longer names principals, only .*"namespaces":\["\*"\]/,
    {},
    /^MEND$/,
  ],
  [
    "a principal that nobody has",
    (w) =>
      (json(w.find("AuthorizationPolicy", "blog", "allow-frontend-to-api")).spec.rules[0].from[0].source.principals = [
        "cluster.local/ns/blog/sa/front",
      ]),
    /names the principal cluster\.local\/ns\/blog\/sa\/front, which no pod has/,
    {},
    /^MEND$/,
  ],
  [
    "a policy's methods",
    (w) =>
      (json(w.find("AuthorizationPolicy", "blog", "allow-frontend-to-api")).spec.rules[0].to[0].operation.methods = [
        "GET",
      ]),
    /spec\.rules\[0\]\.to is .*\["GET"\].* made it .*\["GET","POST"\]/,
    {},
    /^MEND$/,
  ],
  [
    "a policy's rules",
    (w) => json(w.find("AuthorizationPolicy", "blog", "allow-frontend-to-api")).spec.rules.push({}),
    /spec\.rules has 2 instead of 1; spec\.rules\[1\] is \{\}/,
    {},
    /^MEND$/,
  ],
  [
    "a policy's pods",
    (w) =>
      (json(w.find("AuthorizationPolicy", "blog", "allow-frontend-to-api")).spec.selector.matchLabels.app = "apis"),
    /spec\.selector selects pods with app=apis, and no pod has that/,
    {},
    /^MEND$/,
  ],
  [
    "a policy's action",
    (w) => (json(w.find("AuthorizationPolicy", "blog", "allow-frontend-to-api")).spec.action = "DENY"),
    /spec\.action is DENY, Pulumi made it ALLOW/,
    {},
    /^MEND$/,
  ],
  [
    "a policy less",
    (w) => w.remove("AuthorizationPolicy", "blog", "deny-all"),
    /AuthorizationPolicy blog\/deny-all, which Pulumi made, no longer exists: .*answer everybody/,
    { namespace: "blog" },
    /^MEND$/,
  ],
  [
    "an app's account",
    (w) => {
      json(w.find("Deployment", "blog", "frontend")).spec.template.spec.serviceAccountName = "api";
      json(w.find("Pod", "blog", "frontend-abc12")).spec.serviceAccountName = "api";
    },
    /Deployment blog\/frontend runs its pods as ServiceAccount api .*made it frontend/,
    {},
    /^MEND$/,
  ],
  [
    "a claim's class",
    (w) =>
      Object.assign(w.find("PersistentVolumeClaim", "admission", "myclaim"), {
        metadata: { name: "myclaim", namespace: "admission" },
        spec: {
          storageClassName: "gold",
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: "64Mi" } },
        },
        status: { phase: "Pending" },
      }),
    /PersistentVolumeClaim admission\/myclaim names spec\.storageClassName gold, which does not exist: there are standard \(default\)/,
    { namespace: "admission" },
    /^MEND --delete-claim myclaim$/,
  ],
  [
    "a default class that is the default no more",
    (w) => (w.find("StorageClass", undefined, "standard").metadata.annotations = {}),
    /myclaim was made without a class, and no StorageClass has the annotation/,
    { namespace: "admission" },
    /annotate --overwrite storageclass standard/,
  ],
  [
    "no default class",
    (w) => {
      w.find("StorageClass", undefined, "standard").metadata.annotations = {};
      Object.assign(w.find("PersistentVolumeClaim", "admission", "myclaim"), {
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "64Mi" } } },
      });
    },
    /no StorageClass has the annotation/,
    { namespace: "admission" },
    /annotate --overwrite storageclass standard/,
  ],
  [
    "a policy that refuses",
    (w) =>
      w.add({
        apiVersion: security,
        kind: "AuthorizationPolicy",
        metadata: { name: "not-you", namespace: "default" },
        spec: { action: "DENY", selector: { matchLabels: { app: "reviews" } }, rules: [{}] },
      }),
    /AuthorizationPolicy default\/not-you exists, and Pulumi did not make it: with spec\.action DENY/,
    { services: ["reviews"] },
    /delete authorizationpolicy not-you -n default/,
  ],
  [
    "a policy of the whole mesh",
    (w) =>
      w.add({
        apiVersion: security,
        kind: "AuthorizationPolicy",
        metadata: { name: "not-you", namespace: "istio-system" },
        spec: {},
      }),
    /istio-system\/not-you/,
    { namespace: undefined },
    /delete authorizationpolicy not-you -n istio-system/,
  ],
  [
    "a second route",
    (w) =>
      w.add({
        apiVersion: istio,
        kind: "VirtualService",
        metadata: { name: "other", namespace: "default" },
        spec: { hosts: ["reviews"], http: [{ route: [{ destination: { host: "reviews" } }] }] },
      }),
    /VirtualService default\/other exists, .*reviews/,
    { services: ["reviews"] },
    /delete virtualservice other/,
  ],
  [
    "a pod among a Service's",
    (w) => {
      const stray = podOf({
        ...w.find("Deployment", "default", "reviews-v1"),
        metadata: { name: "mine", namespace: "default" },
      });
      stray.metadata.labels = { app: "reviews" };
      delete stray.metadata.ownerReferences;
      w.add(stray);
    },
    /Pod default\/mine-abc12 exists, .*Service default\/reviews/,
    { services: ["reviews"] },
    /delete pod mine-abc12/,
  ],
  [
    "a StatefulSet among a Service's pods",
    (w) => {
      const set = {
        ...w.find("StatefulSet", "istio-system", "loki"),
        metadata: { name: "mine", namespace: "istio-system" },
      };
      json(set).spec = { template: { metadata: { labels: { app: "loki", mine: "yes" } }, spec: {} } };
      w.add(set);
      w.add(podOf(set));
    },
    /StatefulSet istio-system\/mine exists, and Pulumi did not make it: its labels fit Service istio-system\/loki/,
    { services: ["loki"] },
    /delete statefulset mine -n istio-system/,
  ],
  [
    "a Secret less",
    (w) => w.remove("Secret", "istio-ingress", "blog-credential"),
    /Secret istio-ingress\/blog-credential, which Pulumi made, no longer exists/,
    { namespace: "istio-ingress" },
    /^MEND$/,
  ],
  [
    "anything else",
    (w) => (json(w.find("VirtualService", "default", "bookinfo")).spec.http[0].match[0].uri = { exact: "/page" }),
    /VirtualService default\/bookinfo is not as Pulumi made it: spec\.http\[0\]\.match\[0\]\.uri\.exact is "\/page", made as "\/productpage"/,
    { services: ["productpage"] },
    /^MEND$/,
  ],
  [
    "anything added",
    (w) => (json(w.find("VirtualService", "default", "reviews")).spec.http[0].timeout = "1ms"),
    /spec\.http\[0\]\.timeout is "1ms", made without it/,
    { services: ["reviews"] },
    /^MEND$/,
  ],
  [
    "an image",
    (w) => (json(w.find("Deployment", "blog", "api")).spec.template.spec.containers[0].image = "example.org/api:2"),
    /containers\[0\]\.image is "example\.org\/api:2", made as "example\.org\/api:1"/,
    { services: ["api"] },
    /^MEND$/,
  ],
  [
    "what defaults would hide",
    (w) =>
      Object.assign(json(w.find("Deployment", "blog", "api")).spec, { paused: true }) &&
      (w.find("Deployment", "blog", "api").metadata.managedFields = [
        { manager: "kubectl-edit", operation: "Update", fieldsV1: { "f:spec": { "f:paused": {}, "f:replicas": {} } } },
      ]),
    /Deployment blog\/api is not as Pulumi made it: spec\.paused is true, made without it, by kubectl-edit\./,
    { services: ["api"] },
    /^MEND$/,
  ],
  [
    "an addon without a replica",
    (w) => {
      json(w.find("Deployment", "istio-system", "jaeger")).spec.replicas = 0;
      w.remove("Pod", "istio-system", "jaeger-abc12");
    },
    /Deployment istio-system\/jaeger has spec\.replicas 0, Pulumi made it 1\. No pod runs: nothing answers/,
    { namespace: "istio-system", services: ["jaeger"] },
    /^MEND$/,
  ],
  [
    "an addon that was made without a number of replicas",
    (w) => {
      json(w.find("Deployment", "istio-system", "kiali")).spec.replicas = 0;
      w.remove("Pod", "istio-system", "kiali-abc12");
    },
    /Deployment istio-system\/kiali has spec\.replicas 0, Pulumi made it 1/,
    { services: ["kiali"] },
    /^MEND$/,
  ],
  [
    "an addon whose image cannot be had",
    (w) =>
      (w.find("Pod", "istio-system", "kiali-abc12").status = {
        phase: "Pending",
        conditions: [{ type: "Ready", status: "False" }],
        containerStatuses: [
          { name: "kiali", ready: false, state: { waiting: { reason: "ErrImagePull", message: "too many requests" } } },
        ],
      }),
    /Pod istio-system\/kiali-abc12 is not ready: container kiali: ErrImagePull \(too many requests\)/,
    { namespace: "istio-system", services: ["kiali"] },
    /^MEND$/,
  ],
  [
    "a StatefulSet's pod that is not ready",
    (w) =>
      (w.find("Pod", "istio-system", "loki-abc12").status = {
        phase: "Running",
        conditions: [{ type: "Ready", status: "False" }],
        containerStatuses: [{ name: "loki", ready: false }],
      }),
    /Pod istio-system\/loki-abc12 is not ready: container loki runs and does not pass its readiness probe/,
    { services: ["loki"] },
    /^MEND$/,
  ],
  [
    "no Telemetry",
    (w) => w.remove("Telemetry", "istio-system", "mesh-default"),
    /Telemetry istio-system\/mesh-default, which Pulumi made, no longer exists: without it the proxies trace no request/,
    { namespace: "istio-system", services: [] },
    /^MEND$/,
  ],
  [
    "another sampling",
    (w) => (json(w.find("Telemetry", "istio-system", "mesh-default")).spec.tracing[0].randomSamplingPercentage = 1),
    /spec\.tracing\[0\]\.randomSamplingPercentage 1, Pulumi made it 100: of a hundred requests 1 are traced/,
    { namespace: "istio-system" },
    /^MEND$/,
  ],
  [
    "no sampling named",
    (w) => delete json(w.find("Telemetry", "istio-system", "mesh-default")).spec.tracing[0].randomSamplingPercentage,
    /randomSamplingPercentage nothing, Pulumi made it 100: Istio traces one request of a hundred/,
    {},
    /^MEND$/,
  ],
  [
    "spans that go nowhere",
    (w) => (json(w.find("Telemetry", "istio-system", "mesh-default")).spec.tracing[0].disableSpanReporting = true),
    /disableSpanReporting true, Pulumi made it nothing: proxies report no span/,
    {},
    /^MEND$/,
  ],
  [
    "no Service for the spans",
    (w) => w.remove("Service", "istio-system", "zipkin"),
    /Service istio-system\/zipkin, which Pulumi made, no longer exists: without it the proxies have nowhere to send their spans to/,
    { namespace: "istio-system", services: ["zipkin", "jaeger"] },
    /^MEND$/,
  ],
  [
    "no node port for Kiali",
    (w) => w.remove("Service", "istio-system", "kialinodeport"),
    /Service istio-system\/kialinodeport, .*nothing answers at Kiali's node port 31602/,
    { services: ["kialinodeport", "kiali"] },
    /^MEND$/,
  ],
  [
    "another node port for Kiali",
    (w) => (json(w.find("Service", "istio-system", "kialinodeport")).spec.ports[0].nodePort = 30999),
    /Service istio-system\/kialinodeport is of type NodePort and has node port 30999 for port 20001; Pulumi made it with 31602/,
    { services: ["kialinodeport", "kiali"] },
    /^MEND$/,
  ],
  [
    "a node port that leads elsewhere",
    (w) => (json(w.find("Service", "istio-system", "kialinodeport")).spec.selector = { app: "jaeger" }),
    /Service istio-system\/kialinodeport selects pods with app=jaeger .*which are other pods.*made it app=kiali/,
    {},
    /^MEND$/,
  ],
  [
    "rights to write for Kiali",
    (w) => json(w.find("ClusterRole", undefined, "kiali")).rules[1].verbs.push("patch", "delete"),
    /ClusterRole kiali lets kiali patch, delete \* \(rules\[1\]\.verbs\); Pulumi made it without/,
    { namespace: "istio-system", services: ["kiali"] },
    /^MEND$/,
  ],
  [
    "rights to write, by a role that is bound to an account of another name",
    (w) => {
      json(w.find("ClusterRole", undefined, "kiali")).rules[1].verbs.push("patch");
      json(w.find("ClusterRoleBinding", undefined, "kiali")).subjects[0].name = "watcher";
    },
    /ClusterRole kiali lets watcher patch \* /,
    { namespace: "istio-system", services: ["watcher"] },
    /MEND$/,
  ],
  [
    "rights to write, whatever else is bound: another role, and a role of a namespace by the same name",
    (w) => {
      json(w.find("ClusterRole", undefined, "kiali")).rules[1].verbs.push("patch");
      const binding = (name: string, kind: string, role: string) => ({
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRoleBinding",
        metadata: { name },
        roleRef: { kind, name: role },
        subjects: [{ kind: "ServiceAccount", name: "somebody", namespace: "mine" }],
      });
      w.objects.unshift(binding("a", "ClusterRole", "view"), binding("b", "Role", "kiali"));
    },
    /ClusterRole kiali lets kiali patch \* /,
    { namespace: "istio-system", services: ["kiali"] },
    /MEND$/,
  ],
  [
    "one more rule for Kiali",
    (w) =>
      json(w.find("ClusterRole", undefined, "kiali")).rules.push({
        apiGroups: [""],
        resources: ["pods/portforward"],
        verbs: ["create"],
      }),
    /ClusterRole kiali lets kiali create pods\/portforward \(rules\[3\]\.verbs\)/,
    { services: ["kiali"] },
    /MEND$/,
  ],
  [
    "another role for Kiali",
    (w) =>
      w.add({
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRoleBinding",
        metadata: { name: "kiali-admin" },
        roleRef: { kind: "ClusterRole", name: "cluster-admin" },
        subjects: [{ kind: "ServiceAccount", name: "kiali", namespace: "istio-system" }],
      }),
    /ClusterRoleBinding kiali-admin exists, and Pulumi did not make it: it gives ServiceAccount istio-system\/kiali the ClusterRole cluster-admin/,
    { namespace: "istio-system", services: ["kiali"] },
    /^npm run -s kubectl -- delete clusterrolebinding kiali-admin$/,
  ],
  [
    "no rights at all for Kiali",
    (w) => w.remove("ClusterRole", undefined, "kiali"),
    /ClusterRole kiali, which Pulumi made, no longer exists: .*may not read/,
    { namespace: "istio-system", services: ["kiali"] },
    /^MEND$/,
  ],
  [
    "a changed config of an addon",
    (w) => (json(w.find("ConfigMap", "istio-system", "kiali")).data["config.yaml"] = "auth: {}"),
    /ConfigMap istio-system\/kiali is not as Pulumi made it: data\["config\.yaml"\]/,
    { namespace: "istio-system", services: ["kiali"] },
    /^MEND$/,
  ],
];

/** Takes the sidecar from a pod. */
function bare(world: World, pod: string): void {
  json(world.find("Pod", "blog", pod)).spec.initContainers = [{ name: "other" }];
}

it("does not say that no pod has the labels, where a StatefulSet that would make such pods is scaled to zero", async () => {
  const all = await findings((world) => {
    json(world.find("StatefulSet", "istio-system", "loki")).spec.replicas = 0;
    world.remove("Pod", "istio-system", "loki-abc12");
    json(world.find("Service", "istio-system", "zipkin")).spec.selector = { app: "loki" };
  });
  expect(all.map(({ cause }) => cause)).toContainEqual(
    "Service istio-system/zipkin selects pods with app=loki (spec.selector), which are other pods; Pulumi made it app=jaeger.",
  );
});

describe("a healthy seat", () => {
  it("gives no finding", async () => {
    expect(await findings(() => undefined)).toEqual([]);
  });

  it("gives none for a Deployment that was restarted by kubectl", async () => {
    const restarted = await findings((world) => {
      const deployment = json(world.find("Deployment", "blog", "api"));
      deployment.spec.template.metadata.annotations = { "kubectl.kubernetes.io/restartedAt": "now" };
      deployment.metadata.managedFields.push({
        manager: "kubectl-rollout",
        operation: "Update",
        fieldsV1: {
          "f:spec": {
            "f:template": { "f:metadata": { "f:annotations": { ".": {}, "f:kubectl.kubernetes.io/restartedAt": {} } } },
          },
        },
      });
    });
    expect(restarted).toEqual([]);
  });

  it("gives none for what an owner or a chart made", async () => {
    const policies = await findings((world) =>
      world.add(
        {
          apiVersion: istio,
          kind: "EnvoyFilter",
          metadata: { name: "stats", namespace: "istio-system", labels: { "app.kubernetes.io/managed-by": "Helm" } },
        },
        {
          apiVersion: "networking.k8s.io/v1",
          kind: "NetworkPolicy",
          metadata: { name: "owned", namespace: "default", ownerReferences: [{ kind: "X", name: "x", uid: "1" }] },
        },
        { apiVersion: istio, kind: "VirtualService", metadata: { name: "theirs", namespace: "elsewhere" } },
      ),
    );
    expect(policies).toEqual([]);
  });
});

describe("a broken seat", () => {
  it.each(table)("%s", async (_, damage, cause, where, fix) => {
    const found = await findings(damage);
    const [first] = found;
    expect(found.map((finding) => finding.cause)).toHaveLength(1);
    expect(first!.cause).toMatch(cause);
    if ("namespace" in where) expect(first!.namespace).toBe(where.namespace);
    if (where.services) expect(first!.services).toEqual(expect.arrayContaining(where.services));
    expect(first!.fix).toMatch(fix);
    expect(first!.look).toMatch(/^npm run -s kubectl -- (get|describe) /);
    // One or two lines of a table, no placeholder left empty.
    expect(first!.cause).not.toMatch(/undefined|\[object|\n| {2}/);
  });

  it("has the rule of a policy named that fits everybody, also where it is the first one", async () => {
    const found = await findings((w) =>
      json(w.find("AuthorizationPolicy", "blog", "allow-frontend-to-api")).spec.rules.unshift({}),
    );
    expect(found.map(({ cause }) => cause)).toContainEqual(
      expect.stringMatching(
        /spec\.rules has 2 instead of 1; spec\.rules\[0\] is \{\}, which fits every request of everybody/,
      ),
    );
  });
});
