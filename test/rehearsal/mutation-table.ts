import { newAuthority } from "../../embedded/node/pki";

/** A way to break a lesson by hand, and what `check` must say of it. */
export interface Mutation {
  name: string;
  /** kubectl's arguments, one command after the other; `FILE` is a file with the manifest. */
  apply: string[][];
  manifest?: object | (() => Promise<object>);
  /**
   * The checks that go red: these and no other. Where so much breaks that the rows depend on time, the first one to be
   * red stands for all: `some`. A harmless change turns `none` red, and only the repair names it. Without a gateway no
   * check runs: `refused`.
   */
  red: string[] | "some" | "none" | "refused";
  /** What every hint says, or the first one of `some`, or the repair's preview: the object, the field, the value. */
  hint: RegExp;
  /** What is named as well, in another hint or after the hints. */
  also?: RegExp;
  /** What the hint tells to do. @default `npm run repair` */
  fix?: RegExp;
}

/** kubectl's first words for a hint. */
const KUBECTL = "npm run -s kubectl -- --stack embedded";
const REPAIR = "npm run repair -- --stack embedded --yes";
/** That command, and no other. */
export const exactly = (...commands: string[]) =>
  new RegExp(`^${commands.join(" && ").replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);
const thenRepair = (command: string) => exactly(`${KUBECTL} ${command}`, REPAIR);
const alone = (command: string) => exactly(`${KUBECTL} ${command}`);

const patch = (
  namespace: string,
  object: string,
  ...operations: { op: "add" | "replace" | "remove"; path: string; value?: unknown }[]
) => [["patch", ...object.split(" "), "-n", namespace, "--type=json", "-p", JSON.stringify(operations)]];

/** The ways of the course, one after the other … */
const listed: Mutation[] = [
  {
    name: "PeerAuthentication dropped",
    apply: [["delete", "peerauthentication", "default", "-n", "client"]],
    red: ["backend-plaintext"],
    hint: /Namespace client has no PeerAuthentication for the whole namespace; Pulumi made one with spec\.mtls\.mode STRICT/,
  },
  {
    name: "a subset's label is wrong",
    apply: patch("default", "destinationrule reviews", {
      op: "replace",
      path: "/spec/subsets/2/labels/version",
      value: "v33",
    }),
    red: ["bookinfo-split", "jaeger-trace"],
    hint: /DestinationRule default\/reviews: subset v3 selects pods with version=v33 .*Pulumi made it version=v3/,
  },
  {
    name: "weights swapped",
    apply: patch(
      "blog",
      "virtualservice my-blog",
      { op: "replace", path: "/spec/http/0/route/0/weight", value: 10 },
      { op: "replace", path: "/spec/http/0/route/1/weight", value: 90 },
    ),
    red: ["blog-split"],
    hint: /VirtualService blog\/my-blog sends my-blog v1 10 : my-blog v2 90; .*my-blog v1 90 : my-blog v2 10/,
  },
  {
    name: "a Gateway's selector is wrong",
    apply: patch("temperature", "gateways.networking.istio.io api-gateway", {
      op: "replace",
      path: "/spec/selector/istio",
      value: "gateway",
    }),
    red: ["temperature-conversions", "temperature-refusals", "temperature-grpc"],
    hint: /Gateway temperature\/api-gateway selects gateway pods with istio=gateway .*made it istio=ingressgateway/,
  },
  {
    name: "an HTTP port named tcp-",
    apply: patch("default", "service reviews", { op: "replace", path: "/spec/ports/0/name", value: "tcp-reviews" }),
    red: ["bookinfo-split", "jaeger-trace"],
    hint: /Service default\/reviews: port 9080 has the name tcp-reviews .*made it with the name http/,
  },
  {
    name: "a policy without principals",
    apply: patch("blog", "authorizationpolicy allow-frontend-to-api", { op: "remove", path: "/spec/rules/0/from" }),
    red: ["blog-stranger-refused"],
    hint: /AuthorizationPolicy blog\/allow-frontend-to-api: spec\.rules\[0\] has no from: .*sa\/frontend/,
  },
  {
    name: "a route to a host that does not exist",
    apply: patch("default", "virtualservice bookinfo", {
      op: "replace",
      path: "/spec/http/0/route/0/destination/host",
      value: "product-page",
    }),
    red: ["bookinfo-page", "bookinfo-products", "bookinfo-split", "jaeger-trace", "prometheus-requests"],
    hint: /VirtualService default\/bookinfo sends to product-page \(spec\.http\[0\]\.route\[0\]\.destination\.host\), and there is no Service/,
  },
  {
    name: "injection off and pods made again",
    apply: [
      ["label", "namespace", "temperature", "istio-injection-"],
      ["rollout", "restart", "deployment/temperature-service-v1", "-n", "temperature"],
      ["rollout", "status", "deployment/temperature-service-v1", "-n", "temperature", "--timeout=60s"],
    ],
    red: ["temperature-pods", "temperature-grpc", "temperature-plaintext"],
    hint: /Namespace temperature has no label istio-injection, .*The pods of temperature-service-v1/,
  },
  {
    name: "injection off for one Deployment",
    apply: [
      ...patch("blog", "deployment frontend-v1", {
        op: "add",
        path: "/spec/template/metadata/labels/sidecar.istio.io~1inject",
        value: "false",
      }),
      ["rollout", "status", "deployment/frontend-v1", "-n", "blog", "--timeout=60s"],
    ],
    red: ["blog-pods", "blog-frontend-allowed", "blog-frontend-refused"],
    hint: /Deployment blog\/frontend-v1 says sidecar\.istio\.io\/inject: "false"/,
  },
  {
    name: "scaled to zero",
    apply: [
      ["scale", "deployment", "echo-service", "-n", "client", "--replicas=0"],
      ["wait", "pod", "-n", "client", "-l", "app=echo-service", "--for=delete", "--timeout=60s"],
    ],
    red: ["backend-pods", "backend-hello", "backend-plaintext"],
    hint: /Deployment client\/echo-service has spec\.replicas 0, Pulumi made it 1/,
  },
  {
    name: "a route for another host",
    apply: patch("blog", "virtualservice my-blog", { op: "replace", path: "/spec/hosts/0", value: "blog.example.org" }),
    red: ["blog-host", "blog-split"],
    hint: /VirtualService blog\/my-blog is for the hosts blog\.example\.org \(spec\.hosts\); Pulumi made it for codewithmsmaxpro\.me/,
  },
  {
    name: "a claim of a class that does not exist",
    manifest: {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "myclaim", namespace: "admission" },
      spec: { storageClassName: "gold", accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "64Mi" } } },
    },
    apply: [
      ["delete", "persistentvolumeclaim", "myclaim", "-n", "admission"],
      ["create", "-f", "FILE"],
    ],
    red: ["admission-class"],
    hint: /PersistentVolumeClaim admission\/myclaim names spec\.storageClassName gold, which does not exist: there are standard \(default\)/,
    fix: exactly(`${REPAIR} --delete-claim myclaim`),
  },
  {
    name: "DestinationRule deleted",
    apply: [["delete", "destinationrule", "my-blog", "-n", "blog"]],
    red: ["blog-host", "blog-split"],
    hint: /VirtualService blog\/my-blog sends to subset v1, v2 of my-blog .*DestinationRule blog\/my-blog, which Pulumi made, does not exist/,
  },
  {
    name: "TLS mode DISABLE",
    apply: patch("default", "destinationrule details", {
      op: "replace",
      path: "/spec/trafficPolicy/tls/mode",
      value: "DISABLE",
    }),
    red: ["bookinfo-products"],
    hint: /DestinationRule default\/details has spec\.trafficPolicy\.tls\.mode DISABLE, Pulumi made it ISTIO_MUTUAL: .*plaintext to details/,
  },
];

/** … those of the addons … */
const ofAddons: Mutation[] = [
  {
    name: "an addon scaled to zero",
    apply: [
      ["scale", "deployment", "jaeger", "-n", "istio-system", "--replicas=0"],
      ["wait", "pod", "-n", "istio-system", "-l", "app=jaeger", "--for=delete", "--timeout=60s"],
    ],
    red: ["addon-pods", "jaeger-trace"],
    hint: /Deployment istio-system\/jaeger has spec\.replicas 0, Pulumi made it 1\. No pod runs: nothing answers/,
  },
  {
    name: "Kiali's node port gone",
    apply: [["delete", "service", "kialinodeport", "-n", "istio-system"]],
    red: ["kiali-answer"],
    hint: /Service istio-system\/kialinodeport, which Pulumi made, no longer exists: without it nothing answers at Kiali's node port 31602/,
  },
  {
    name: "the mesh's Telemetry deleted",
    apply: [["delete", "telemetry", "mesh-default", "-n", "istio-system"]],
    red: ["jaeger-trace"],
    hint: /Telemetry istio-system\/mesh-default, which Pulumi made, no longer exists: without it the proxies trace no request/,
  },
  {
    name: "rights to write for Kiali",
    apply: [
      [
        "patch",
        "clusterrole",
        "kiali",
        "--type=json",
        "-p",
        JSON.stringify([{ op: "add", path: "/rules/1/verbs/-", value: "patch" }]),
      ],
    ],
    red: ["kiali-view-only"],
    hint: /ClusterRole kiali lets kiali patch .* \(rules\[1\]\.verbs\); Pulumi made it without/,
  },
  {
    name: "sampling turned off",
    apply: patch("istio-system", "telemetry mesh-default", {
      op: "replace",
      path: "/spec/tracing/0/randomSamplingPercentage",
      value: 0,
    }),
    red: ["jaeger-trace"],
    hint: /Telemetry istio-system\/mesh-default has spec\.tracing\[0\]\.randomSamplingPercentage 0, Pulumi made it 100/,
  },
  {
    name: "Kiali's node port leads elsewhere",
    apply: patch("istio-system", "service kialinodeport", {
      op: "replace",
      path: "/spec/selector",
      value: { app: "jaeger" },
    }),
    red: ["kiali-answer"],
    hint: /Service istio-system\/kialinodeport selects pods with app=jaeger .*which are other pods/,
  },
  {
    name: "nowhere to send the spans to",
    apply: [["delete", "service", "zipkin", "-n", "istio-system"]],
    red: ["jaeger-trace"],
    hint: /Service istio-system\/zipkin, which Pulumi made, no longer exists: without it the proxies have nowhere to send their spans to/,
  },
  {
    name: "an addon's image that cannot be had",
    apply: [
      ["set", "image", "deployment/kiali", "kiali=quay.io/kiali/kiali:v0", "-n", "istio-system"],
      [
        "wait",
        "deployment/kiali",
        "-n",
        "istio-system",
        "--for=jsonpath={.status.unavailableReplicas}=1",
        "--timeout=60s",
      ],
    ],
    red: ["addon-pods", "kiali-answer"],
    hint: /Pod istio-system\/kiali-\S+ is not ready: container kiali: (ErrImagePull|ImagePullBackOff)/,
  },
];

/** … and some that nobody listed. */
const unlisted: Mutation[] = [
  {
    name: "a Service's selector",
    apply: patch("client", "service httpbin", { op: "replace", path: "/spec/selector/app", value: "http-bin" }),
    red: ["backend-identity", "backend-plaintext"],
    hint: /Service client\/httpbin selects pods with app=http-bin .*no endpoints.*Pulumi made it app=httpbin/,
  },
  {
    name: "a timeout that nothing can meet",
    apply: patch("default", "virtualservice reviews", { op: "add", path: "/spec/http/0/timeout", value: "0.001s" }),
    red: ["bookinfo-split"],
    hint: /VirtualService default\/reviews is not as Pulumi made it: spec\.http\[0\]\.timeout is "0\.001s", made without it/,
  },
  {
    name: "a fault by hand",
    apply: patch("temperature", "virtualservice temperature-api", {
      op: "add",
      path: "/spec/http/0/fault",
      value: { abort: { httpStatus: 503, percentage: { value: 100 } } },
    }),
    red: ["temperature-conversions", "temperature-refusals", "temperature-grpc"],
    hint: /VirtualService temperature\/temperature-api injects a fault, spec\.http\[0\]\.fault: .*503/,
  },
  {
    name: "another ServiceAccount",
    apply: [
      ["set", "serviceaccount", "deployment", "frontend-v1", "api", "-n", "blog"],
      ["rollout", "status", "deployment/frontend-v1", "-n", "blog", "--timeout=60s"],
    ],
    red: ["blog-frontend-allowed"],
    hint: /Deployment blog\/frontend-v1 runs its pods as ServiceAccount api .*made it frontend/,
  },
  {
    name: "a policy that denies",
    manifest: {
      apiVersion: "security.istio.io/v1",
      kind: "AuthorizationPolicy",
      metadata: { name: "no-stars", namespace: "default" },
      spec: {
        action: "DENY",
        selector: { matchLabels: { app: "ratings" } },
        rules: [{ to: [{ operation: { methods: ["GET"] } }] }],
      },
    },
    // A proxy keeps to the old policy on connections that are open, for up to 45 s (its drainDuration): a new pod has none.
    apply: [
      ["create", "-f", "FILE"],
      ["rollout", "restart", "deployment/ratings-v1", "-n", "default"],
      ["rollout", "status", "deployment/ratings-v1", "-n", "default", "--timeout=60s"],
    ],
    red: ["bookinfo-products", "bookinfo-stars"],
    hint: /AuthorizationPolicy default\/no-stars exists, and Pulumi did not make it: with spec\.action DENY .*app=ratings/,
    fix: alone("delete authorizationpolicy no-stars -n default"),
  },
];

const restarted = (namespace: string, ...deployments: string[]) => [
  ["rollout", "restart", ...deployments.map((name) => `deployment/${name}`), "-n", namespace],
  ...deployments.map((name) => ["rollout", "status", `deployment/${name}`, "-n", namespace, "--timeout=60s"]),
];
const refused = (namespace: string, deployment: string) => [
  ["delete", "pod", "-n", namespace, "-l", `app=${deployment}`],
  ["wait", `deployment/${deployment}-v1`, "-n", namespace, "--for=condition=ReplicaFailure", "--timeout=60s"],
];
const mesh = (change: string) => JSON.stringify([{ op: "replace", path: "/data/mesh", value: change }]);

/** A CA of one's own, as Istio takes it: https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/ */
async function pluggedInCa(): Promise<object> {
  const { certificate, key } = await newAuthority("somebody's CA");
  const stringData = {
    "ca-cert.pem": certificate,
    "ca-key.pem": key,
    "root-cert.pem": certificate,
    "cert-chain.pem": certificate,
  };
  return { apiVersion: "v1", kind: "Secret", metadata: { name: "cacerts", namespace: "istio-system" }, stringData };
}

/** … what the charts made … */
const ofCharts: Mutation[] = [
  {
    name: "the webhook that adds sidecars deleted, and pods made again",
    apply: [["delete", "mutatingwebhookconfiguration", "istio-sidecar-injector"], ...restarted("blog", "api-v1")],
    red: "some",
    hint: /MutatingWebhookConfiguration istio-sidecar-injector, which the chart of release istiod made, no longer exists: pods made now get no sidecar\. Pods without one: .*blog\/api-v1/,
  },
  {
    name: "mTLS switched off in the mesh's settings",
    apply: [
      ["patch", "configmap", "istio", "-n", "istio-system", "--type=json", "-p", mesh("enableAutoMtls: false\n")],
      ...restarted("istio-system", "istiod"),
      ...restarted("client", "client-deployment"),
    ],
    red: "some",
    hint: /ConfigMap istio-system\/istio is not as the chart of release istiod made it: .*data\.mesh.* by kubectl-patch at /,
  },
  {
    name: "a kind of Istio's deleted",
    apply: [["delete", "crd", "virtualservices.networking.istio.io"]],
    red: "some",
    hint: /CustomResourceDefinition virtualservices\.networking\.istio\.io, which the chart of release istio-base made, no longer exists: the cluster has no kind VirtualService\. .*default\/bookinfo/,
  },
  {
    name: "another kind of Istio's deleted",
    apply: [["delete", "crd", "peerauthentications.security.istio.io"]],
    red: "some",
    hint: /CustomResourceDefinition peerauthentications\.security\.istio\.io, .* the cluster has no kind PeerAuthentication/,
  },
  {
    name: "istiod's Service deleted",
    apply: [
      ["delete", "service", "istiod", "-n", "istio-system"],
      ["delete", "pod", "-n", "blog", "-l", "app=api"],
    ],
    red: "some",
    hint: /Service istio-system\/istiod, which the chart of release istiod made, no longer exists/,
  },
  {
    name: "a kind of Istio's and the webhook that adds sidecars deleted, and pods made again",
    apply: [
      ["delete", "crd", "authorizationpolicies.security.istio.io"],
      ["delete", "mutatingwebhookconfiguration", "istio-sidecar-injector"],
      ...restarted("blog", "frontend-v1"),
    ],
    red: "some",
    hint: /CustomResourceDefinition authorizationpolicies\.security\.istio\.io, .* the cluster has no kind AuthorizationPolicy/,
    also: /MutatingWebhookConfiguration istio-sidecar-injector, .* Pods without one: blog\/frontend-v1/,
  },
  {
    name: "a webhook that calls another Service",
    apply: [
      [
        "patch",
        "mutatingwebhookconfiguration",
        "istio-sidecar-injector",
        "--type=json",
        "-p",
        JSON.stringify(
          [0, 1, 2, 3].map((index) => ({
            op: "replace",
            path: `/webhooks/${index}/clientConfig/service/name`,
            value: "nobody",
          })),
        ),
      ],
      ...refused("temperature", "temperature-service"),
    ],
    red: "some",
    hint: /gets no pod: webhook \S+ refuses them or does not answer.*service "nobody" not found/,
    also: /MutatingWebhookConfiguration istio-sidecar-injector is not as the chart of release istiod made it: .*clientConfig\.service\.name is "nobody"/,
  },
  {
    name: "istiod's role with fewer rules",
    apply: [
      [
        "patch",
        "clusterrole",
        "istiod-clusterrole-istio-system",
        "--type=json",
        "-p",
        JSON.stringify([{ op: "remove", path: "/rules/0" }]),
      ],
    ],
    red: "none",
    hint: /~ ClusterRole istiod-clusterrole-istio-system, of the chart of release istiod: rules/,
  },
  {
    name: "the gateway scaled to zero",
    apply: [
      ["scale", "deployment", "istio-ingressgateway", "-n", "istio-ingress", "--replicas=0"],
      ["wait", "pod", "-n", "istio-ingress", "-l", "istio=ingressgateway", "--for=delete", "--timeout=60s"],
    ],
    red: "refused",
    hint: /Deployment istio-ingress\/istio-ingressgateway .*spec\.replicas/,
  },
  {
    name: "a plugged-in CA",
    manifest: pluggedInCa,
    apply: [
      ["create", "-f", "FILE"],
      ...restarted("istio-system", "istiod"),
      ...restarted("temperature", "temperature-api-v1"),
    ],
    red: "some",
    hint: /istiod signs with a root certificate that it created at .*, and these pods' proxies hold another one: .*temperature-service/,
  },
  {
    name: "istiod without its role",
    apply: [["delete", "clusterrole", "istiod-clusterrole-istio-system"]],
    red: "none",
    hint: /\+ ClusterRole istiod-clusterrole-istio-system, of the chart of release istiod/,
  },
  {
    name: "an image of istiod's that cannot be had",
    apply: [
      ["scale", "deployment", "istiod", "-n", "istio-system", "--replicas=0"],
      ["set", "image", "deployment/istiod", "discovery=docker.io/istio/pilot:0", "-n", "istio-system"],
      ["scale", "deployment", "istiod", "-n", "istio-system", "--replicas=1"],
      ["delete", "pod", "-n", "temperature", "-l", "app=temperature-api"],
    ],
    red: "some",
    hint: /istiod/,
  },
  {
    name: "the release's record deleted",
    apply: [["delete", "secret", "-n", "istio-system", "-l", "owner=helm,name=istiod"]],
    red: "none",
    hint: /\+ Release istio-system\/istiod: Helm has no record of it/,
  },
  {
    name: "another root certificate",
    apply: [
      ["delete", "secret", "istio-ca-secret", "-n", "istio-system"],
      ...restarted("istio-system", "istiod"),
      ...restarted("temperature", "temperature-api-v1"),
    ],
    red: "some",
    hint: /istiod signs with a root certificate that it created at .*, and these pods' proxies hold another one: .*temperature-service/,
  },
  {
    name: "the control plane's namespace deleted",
    apply: [
      ["delete", "namespace", "istio-system", "--timeout=120s"],
      ["delete", "pod", "-n", "temperature", "-l", "app=temperature-api"],
    ],
    red: "some",
    hint: /Namespace istio-system, which Pulumi made, no longer exists, and the control plane is gone with it/,
  },
];

/** … what reaches a lesson from elsewhere … */
const fromElsewhere: Mutation[] = [
  {
    name: "a route with a fault in another namespace",
    manifest: {
      apiVersion: "v1",
      kind: "List",
      items: [
        { apiVersion: "v1", kind: "Namespace", metadata: { name: "elsewhere" } },
        {
          apiVersion: "networking.istio.io/v1",
          kind: "VirtualService",
          metadata: { name: "slow", namespace: "elsewhere" },
          spec: {
            hosts: ["temperature-service.temperature.svc.cluster.local"],
            http: [
              {
                fault: { abort: { httpStatus: 503, percentage: { value: 100 } } },
                route: [{ destination: { host: "temperature-service.temperature.svc.cluster.local" } }],
              },
            ],
          },
        },
      ],
    },
    apply: [["create", "-f", "FILE"]],
    red: "some",
    hint: /VirtualService elsewhere\/slow exists, and Pulumi did not make it: it routes requests for temperature-service of namespace temperature with a fault/,
    fix: alone("delete virtualservice slow -n elsewhere"),
  },
  {
    name: "a route with a wildcard in another lesson's namespace",
    manifest: {
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { name: "wild", namespace: "admission" },
      spec: {
        hosts: ["*.client.svc.cluster.local"],
        http: [
          {
            fault: { abort: { httpStatus: 503, percentage: { value: 100 } } },
            route: [{ destination: { host: "httpbin.client.svc.cluster.local" } }],
          },
        ],
      },
    },
    apply: [["create", "-f", "FILE"]],
    red: "some",
    hint: /VirtualService admission\/wild exists, and Pulumi did not make it: it routes requests for .*(echo-service|httpbin).* of namespace client with a fault/,
    fix: alone("delete virtualservice wild -n admission"),
  },
  {
    name: "a policy at the gateway",
    manifest: {
      apiVersion: "security.istio.io/v1",
      kind: "AuthorizationPolicy",
      metadata: { name: "closed", namespace: "istio-ingress" },
      spec: { action: "DENY", rules: [{ to: [{ operation: { paths: ["/productpage"] } }] }] },
    },
    apply: [["create", "-f", "FILE"]],
    red: "some",
    hint: /AuthorizationPolicy istio-ingress\/closed exists, and Pulumi did not make it/,
    fix: alone("delete authorizationpolicy closed -n istio-ingress"),
  },
  {
    name: "a policy of the whole mesh",
    manifest: {
      apiVersion: "security.istio.io/v1",
      kind: "AuthorizationPolicy",
      metadata: { name: "nobody", namespace: "istio-system" },
      spec: { action: "DENY", rules: [{ to: [{ operation: { paths: ["/productpage"] } }] }] },
    },
    apply: [["create", "-f", "FILE"]],
    red: "some",
    hint: /AuthorizationPolicy istio-system\/nobody exists, and Pulumi did not make it/,
    fix: alone("delete authorizationpolicy nobody -n istio-system"),
  },
];

/** … by kinds that work below routes … */
fromElsewhere.push(
  {
    name: "another address for a service",
    manifest: {
      apiVersion: "networking.istio.io/v1",
      kind: "WorkloadEntry",
      metadata: { name: "beside", namespace: "temperature" },
      spec: { address: "10.255.255.1", labels: { app: "temperature-api", version: "v1" } },
    },
    apply: [["create", "-f", "FILE"]],
    red: "some",
    hint: /WorkloadEntry temperature\/beside exists, and Pulumi did not make it: it adds the address 10\.255\.255\.1/,
    fix: alone("delete workloadentry beside -n temperature"),
  },
  {
    name: "a filter of the whole mesh",
    manifest: {
      apiVersion: "networking.istio.io/v1alpha3",
      kind: "EnvoyFilter",
      metadata: { name: "closed", namespace: "istio-system" },
      spec: {
        configPatches: [
          {
            applyTo: "HTTP_FILTER",
            match: {
              context: "SIDECAR_INBOUND",
              listener: { filterChain: { filter: { name: "envoy.filters.network.http_connection_manager" } } },
            },
            patch: {
              operation: "INSERT_BEFORE",
              value: {
                name: "envoy.filters.http.fault",
                typed_config: {
                  "@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
                  abort: { http_status: 503, percentage: { numerator: 100 } },
                },
              },
            },
          },
        ],
      },
    },
    apply: [["create", "-f", "FILE"]],
    red: "some",
    hint: /EnvoyFilter istio-system\/closed exists, and Pulumi did not make it: it rewrites the proxies' own configuration/,
    fix: alone("delete envoyfilter closed -n istio-system"),
  },
);

/** A DestinationRule of Istio's own bookinfo samples, with subsets to which no route sends. */
const sampleRule = (host: string, ...versions: string[]) => ({
  apiVersion: "networking.istio.io/v1",
  kind: "DestinationRule",
  metadata: { name: host, namespace: "default" },
  spec: { host, subsets: versions.map((version) => ({ name: version, labels: { version } })) },
});

/** … Istio's own samples over the lesson's objects of the same names (samples/bookinfo/networking) … */
const samples: Mutation[] = [
  {
    name: "Istio's own bookinfo samples",
    manifest: {
      apiVersion: "v1",
      kind: "List",
      items: [
        {
          apiVersion: "networking.istio.io/v1",
          kind: "Gateway",
          metadata: { name: "bookinfo-gateway", namespace: "default" },
          spec: {
            selector: { istio: "ingressgateway" },
            servers: [{ port: { number: 8080, name: "http", protocol: "HTTP" }, hosts: ["*"] }],
          },
        },
        sampleRule("productpage", "v1"),
        sampleRule("reviews", "v1", "v2", "v3"),
        sampleRule("ratings", "v1", "v2", "v2-mysql", "v2-mysql-vm"),
        sampleRule("details", "v1", "v2"),
      ],
    },
    apply: [["apply", "-f", "FILE"]],
    red: "some",
    hint: /Gateway default\/bookinfo-gateway listens on 8080 HTTP \(spec\.servers\[\]\.port\); Pulumi made it for 80 HTTP/,
  },
];

/** … what other tools and controllers write … */
const byOthers: Mutation[] = [
  {
    name: "a host's name by OpenLens",
    apply: [
      [
        "patch",
        "deployment",
        "client-deployment",
        "-n",
        "client",
        "--field-manager=OpenLens",
        "-p",
        JSON.stringify({
          spec: { template: { spec: { hostAliases: [{ ip: "127.0.0.9", hostnames: ["echo-service"] }] } } },
        }),
      ],
      ["rollout", "status", "deployment/client-deployment", "-n", "client", "--timeout=60s"],
    ],
    red: "some",
    hint: /Deployment client\/client-deployment is not as Pulumi made it: .*hostAliases.*, by OpenLens at /,
  },
  {
    name: "an autoscaler",
    apply: [
      ["autoscale", "deployment", "echo-service", "-n", "client", "--min=3", "--max=4"],
      ["wait", "deployment/echo-service", "-n", "client", "--for=jsonpath={.spec.replicas}=3", "--timeout=60s"],
    ],
    red: "some",
    hint: /HorizontalPodAutoscaler client\/echo-service exists, and Pulumi did not make it: it sets spec\.replicas of Deployment client\/echo-service, which is 3 and was made as 1/,
    fix: thenRepair("delete horizontalpodautoscaler echo-service -n client"),
  },
];

/** … and what the cluster does to the pods. */
const ofCluster: Mutation[] = [
  {
    name: "a label that refuses sidecars",
    apply: [
      ["label", "namespace", "temperature", "pod-security.kubernetes.io/enforce=baseline"],
      ...refused("temperature", "temperature-service"),
    ],
    red: "some",
    hint: /gets no pod: namespace temperature has the label pod-security\.kubernetes\.io\/enforce=baseline, by kubectl-label at /,
    fix: thenRepair("label namespace temperature pod-security.kubernetes.io/enforce-"),
  },
  {
    name: "a quota",
    apply: [
      ["create", "quota", "small", "-n", "temperature", "--hard=pods=1"],
      ...refused("temperature", "temperature-service"),
    ],
    red: "some",
    hint: /gets no pod: ResourceQuota temperature\/small allows no more/,
    fix: thenRepair("delete resourcequota small -n temperature"),
  },
  {
    name: "a limit that no sidecar keeps",
    manifest: {
      apiVersion: "v1",
      kind: "LimitRange",
      metadata: { name: "tiny", namespace: "temperature" },
      spec: { limits: [{ type: "Container", max: { memory: "1Mi" } }] },
    },
    apply: [["create", "-f", "FILE"], ...refused("temperature", "temperature-service")],
    red: "some",
    hint: /gets no pod: LimitRange temperature\/tiny sets bounds/,
    fix: thenRepair("delete limitrange tiny -n temperature"),
  },
  {
    name: "a webhook that does not answer",
    manifest: {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name: "gate" },
      webhooks: [
        {
          name: "gate.example.org",
          admissionReviewVersions: ["v1"],
          sideEffects: "None",
          clientConfig: { service: { name: "gate", namespace: "nowhere" } },
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "temperature" } },
          rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
        },
      ],
    },
    apply: [["create", "-f", "FILE"], ...refused("temperature", "temperature-service")],
    red: "some",
    hint: /gets no pod: ValidatingWebhookConfiguration gate asks webhook gate\.example\.org first/,
    fix: thenRepair("delete validatingwebhookconfiguration gate"),
  },
  {
    name: "a cordoned node",
    apply: [
      ["cordon", "-l", "kubernetes.io/os=linux"],
      ["delete", "pod", "-n", "temperature", "-l", "app=temperature-service"],
    ],
    red: "some",
    hint: /No node takes new pods: node \S+ is cordoned/,
    fix: /^npm run -s kubectl -- --stack embedded uncordon \S+$/,
  },
  {
    name: "a node that is cordoned and has taints",
    apply: [
      ["cordon", "-l", "kubernetes.io/os=linux"],
      ["taint", "nodes", "-l", "kubernetes.io/os=linux", "team=red:NoSchedule", "old=:NoSchedule"],
      ["delete", "pod", "-n", "temperature", "-l", "app=temperature-service"],
    ],
    red: "some",
    hint: /No node takes new pods: node \S+ is cordoned .* and has the taint team=red:NoSchedule and has the taint old:NoSchedule/,
    fix: /^npm run -s kubectl -- --stack embedded uncordon \S+ && npm run -s kubectl -- --stack embedded taint nodes \S+ team:NoSchedule- old:NoSchedule-$/,
  },
  {
    name: "no DNS",
    apply: [
      ["scale", "deployment", "coredns", "-n", "kube-system", "--replicas=0"],
      ["wait", "pod", "-n", "kube-system", "-l", "k8s-app=kube-dns", "--for=delete", "--timeout=60s"],
    ],
    red: "some",
    hint: /Deployment kube-system\/coredns is not as the cluster's setup made it: spec\.replicas is 0, made as 1, by kubectl/,
  },
  {
    name: "the DNS server deleted",
    apply: [
      ["delete", "deployment", "coredns", "-n", "kube-system"],
      ["wait", "pod", "-n", "kube-system", "-l", "k8s-app=kube-dns", "--for=delete", "--timeout=60s"],
    ],
    red: "some",
    hint: /Deployment kube-system\/coredns, which the cluster's setup made, no longer exists: names in the cluster do not resolve/,
  },
  {
    name: "the DNS Service deleted",
    apply: [["delete", "service", "kube-dns", "-n", "kube-system"]],
    red: "some",
    hint: /Service kube-system\/kube-dns, which the cluster's setup made, no longer exists: names in the cluster do not resolve/,
  },
  {
    name: "the DNS server's settings edited",
    apply: [
      [
        "patch",
        "configmap",
        "coredns",
        "-n",
        "kube-system",
        "-p",
        JSON.stringify({ data: { Corefile: ".:53 {\n    health\n    ready\n}\n" } }),
      ],
      ...restarted("kube-system", "coredns"),
    ],
    red: "some",
    hint: /ConfigMap kube-system\/coredns is not as the cluster's setup made it: data\.Corefile is .*, by kubectl-patch at /,
  },
  {
    name: "the node deleted",
    apply: [
      ["delete", "node", "-l", "kubernetes.io/os=linux"],
      ["wait", "pod", "-n", "istio-ingress", "-l", "istio=ingressgateway", "--for=delete", "--timeout=180s"],
    ],
    red: "refused",
    hint: /The cluster has no node/,
    fix: /^npm run embedded -- stop --seat embedded && npm run embedded -- start --seat embedded$/,
  },
];

export const mutations = [
  ...listed,
  ...ofAddons,
  ...unlisted,
  ...fromElsewhere,
  ...samples,
  ...byOthers,
  ...ofCluster,
  ...ofCharts,
];
