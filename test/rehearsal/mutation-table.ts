/** A way to break a lesson by hand, and what `check` must say of it. */
export interface Mutation {
  name: string;
  /** kubectl's arguments, one command after the other; `FILE` is a file with the manifest. */
  apply: string[][];
  manifest?: object;
  /** The checks that go red: these and no other. */
  red: string[];
  /** What every hint says: the object, the field, the value. */
  hint: RegExp;
  /** What every hint tells to do besides `refresh` and `up`: those see the fields that the program wrote, and nothing that was added. */
  alsoDo?: RegExp;
}

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
    hint: /Namespace temperature has no label istio-injection, .*the pods of temperature-service-v1/,
    alsoDo: /rollout restart deployment\/temperature-service-v1 -n temperature$/,
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
    alsoDo: /^npm run -s kubectl -- --stack embedded delete deployment frontend-v1 -n blog && /,
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
  },
  {
    name: "DestinationRule deleted",
    apply: [["delete", "destinationrule", "my-blog", "-n", "blog"]],
    red: ["blog-host", "blog-split"],
    hint: /VirtualService blog\/my-blog sends to subset v1, v2 of my-blog .*DestinationRule blog\/my-blog, which Pulumi made, is not there/,
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
    hint: /Service istio-system\/kialinodeport, which Pulumi made, is not there any more: without it nothing answers at Kiali's node port 31602/,
  },
  {
    name: "the mesh's Telemetry deleted",
    apply: [["delete", "telemetry", "mesh-default", "-n", "istio-system"]],
    red: ["jaeger-trace"],
    hint: /Telemetry istio-system\/mesh-default, which Pulumi made, is not there any more: without it the proxies trace no request/,
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
    alsoDo: /^npm run -s kubectl -- --stack embedded delete clusterrole kiali && /,
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
    hint: /Service istio-system\/zipkin, which Pulumi made, is not there any more: without it the proxies have nowhere to send their spans to/,
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
    alsoDo: /^npm run -s kubectl -- --stack embedded delete virtualservice reviews -n default && /,
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
    alsoDo: /^npm run -s kubectl -- --stack embedded delete virtualservice temperature-api -n temperature && /,
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
    hint: /AuthorizationPolicy default\/no-stars is there, and Pulumi did not make it: with spec\.action DENY .*app=ratings/,
    alsoDo: /^npm run -s kubectl -- --stack embedded delete authorizationpolicy no-stars -n default$/,
  },
];

/** In an order in which no two neighbours turn the same check red. The policy that denies comes last: proxies keep to it for a while when it is gone. */
export const mutations = [...listed, ...ofAddons, ...unlisted];
