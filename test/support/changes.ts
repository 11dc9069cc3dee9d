import type { Touched } from "./previewed";

/** A change of the config, and exactly the resources that it touches. */
export type Change = readonly [title: string, keys: Record<string, unknown>, touched: readonly Touched[]];

/** The lessons of the seat before each change. */
export const LESSONS = ["bookinfo", "blog", "admission"];

/** Returns the change with this title. @throws where there is none */
export function change(title: string): Change {
  const found = changes.find(([other]) => other === title);
  if (found === undefined) throw new Error(`no change has the title ${title}`);
  return found;
}

/**
 * Every tested change of the config. The unit tier tests all of them on the program alone; the engine tier combines
 * some of them.
 */
export const changes: readonly Change[] = [
  [
    "weights of my-blog",
    { canary: { reviews: { v1: 50, v3: 50 }, "my-blog": { v1: 50, v2: 50 } } },
    ["update networking.istio.io/v1:VirtualService blog/my-blog"],
  ],
  [
    "weights of reviews",
    { canary: { reviews: { v1: 80, v3: 20 }, "my-blog": { v1: 90, v2: 10 } } },
    ["update networking.istio.io/v1:VirtualService default/reviews"],
  ],
  [
    "another version of reviews",
    { canary: { reviews: { v2: 100 }, "my-blog": { v1: 90, v2: 10 } } },
    ["update networking.istio.io/v1:VirtualService default/reviews"],
  ],
  [
    "a load balancer",
    { bookinfo: { reviews: { loadBalancer: "RANDOM" } } },
    ["update networking.istio.io/v1:DestinationRule default/reviews"],
  ],
  [
    "timeouts, retries, users and a fault",
    {
      bookinfo: {
        reviews: {
          timeout: "0.5s",
          retries: { attempts: 3, perTryTimeout: "2s", retryOn: "5xx" },
          users: { jason: "v2" },
        },
        ratings: { fault: { delay: { fixedDelay: "7s", percentage: 100 }, user: "jason" } },
        productpage: { timeout: "3s" },
      },
    },
    ["bookinfo", "ratings", "reviews"].map(
      (name): Touched => `update networking.istio.io/v1:VirtualService default/${name}`,
    ),
  ],
  [
    "everything a service has",
    {
      bookinfo: {
        details: {
          timeout: "1s",
          retries: { attempts: 0 },
          fault: { abort: { httpStatus: 500, percentage: 10 } },
          loadBalancer: "ROUND_ROBIN",
        },
      },
    },
    [
      "update networking.istio.io/v1:DestinationRule default/details",
      "update networking.istio.io/v1:VirtualService default/details",
    ],
  ],
  ["pods that follow 90:10", { blog: { replicasFollowWeights: true } }, ["update apps/v1:Deployment blog/my-blog-v1"]],
  [
    "pods that follow 50:50",
    { blog: { replicasFollowWeights: true }, canary: { reviews: { v1: 50, v3: 50 }, "my-blog": { v1: 50, v2: 50 } } },
    [
      "update apps/v1:Deployment blog/my-blog-v1",
      "update apps/v1:Deployment blog/my-blog-v2",
      "update networking.istio.io/v1:VirtualService blog/my-blog",
    ],
  ],
  [
    "HTTPS with a certificate of the seat's own",
    { blog: { https: true } },
    [
      "create core/v1:Secret istio-ingress/my-blog-credential",
      "create pulumi-nodejs:dynamic/mesh:Certificate blog-credential-certificate",
      "update networking.istio.io/v1:Gateway blog/my-blog-gateway",
    ],
  ],
  [
    "plaintext accepted",
    { mtls: "PERMISSIVE" },
    [
      "update security.istio.io/v1:PeerAuthentication admission/default",
      "update security.istio.io/v1:PeerAuthentication blog/default",
      "update security.istio.io/v1:PeerAuthentication default/default",
    ],
  ],
  [
    "the gateway by port-forward",
    { embedded: { serviceType: "ClusterIP" } },
    ["update core/v1:Service istio-ingress/istio-ingressgateway"],
  ],
  [
    "a lesson more",
    { lessons: ["bookinfo", "temperature", "blog", "admission"] },
    [
      "create apps/v1:Deployment temperature/temperature-api-v1",
      "create apps/v1:Deployment temperature/temperature-service-v1",
      "create core/v1:Namespace temperature",
      "create core/v1:Service temperature/temperature-api",
      "create core/v1:Service temperature/temperature-service",
      "create core/v1:ServiceAccount temperature/temperature-api",
      "create core/v1:ServiceAccount temperature/temperature-service",
      "create networking.istio.io/v1:Gateway temperature/api-gateway",
      "create networking.istio.io/v1:VirtualService temperature/temperature-api",
      "create security.istio.io/v1:PeerAuthentication temperature/default",
    ],
  ],
  [
    "a lesson less",
    { lessons: ["bookinfo", "blog"] },
    [
      "delete core/v1:Namespace admission",
      "delete core/v1:PersistentVolumeClaim admission/myclaim",
      "delete security.istio.io/v1:PeerAuthentication admission/default",
    ],
  ],
  [
    "fewer traces",
    { telemetry: { sampling: 10 } },
    ["update telemetry.istio.io/v1:Telemetry istio-system/mesh-default"],
  ],
  [
    "an addon more: what it is, what shows it, and that the proxies send to it",
    { addons: ["kiali", "prometheus", "grafana", "jaeger", "loki"] },
    [
      "create apps/v1:Deployment istio-system/opentelemetry-collector",
      "create apps/v1:StatefulSet istio-system/loki",
      "create core/v1:ConfigMap istio-system/loki",
      "create core/v1:ConfigMap istio-system/loki-runtime",
      "create core/v1:ConfigMap istio-system/opentelemetry-collector-conf",
      "create core/v1:Service istio-system/loki",
      "create core/v1:Service istio-system/loki-headless",
      "create core/v1:Service istio-system/loki-memberlist",
      "create core/v1:Service istio-system/opentelemetry-collector",
      "create core/v1:ServiceAccount istio-system/loki",
      "update apps/v1:Deployment istio-system/grafana",
      "update core/v1:ConfigMap istio-system/grafana",
      "update telemetry.istio.io/v1:Telemetry istio-system/mesh-default",
    ],
  ],
  [
    "an addon less: what it is, and that Kiali no longer leads to it",
    { addons: ["kiali", "prometheus", "jaeger"] },
    [
      "delete apps/v1:Deployment istio-system/grafana",
      "delete core/v1:ConfigMap istio-system/grafana",
      "delete core/v1:ConfigMap istio-system/istio-grafana-dashboards",
      "delete core/v1:ConfigMap istio-system/istio-services-grafana-dashboards",
      "delete core/v1:Service istio-system/grafana",
      "delete core/v1:ServiceAccount istio-system/grafana",
      "update apps/v1:Deployment istio-system/kiali",
      "update core/v1:ConfigMap istio-system/kiali",
    ],
  ],
  [
    "zipkin in jaeger's place: the Services that both own are handed on",
    { addons: ["kiali", "prometheus", "grafana", "zipkin"] },
    [
      "create apps/v1:Deployment istio-system/zipkin",
      "delete apps/v1:Deployment istio-system/jaeger",
      "delete core/v1:ConfigMap istio-system/jaeger",
      "delete core/v1:Service istio-system/jaeger-collector",
      "update apps/v1:Deployment istio-system/grafana",
      "update apps/v1:Deployment istio-system/kiali",
      "update core/v1:ConfigMap istio-system/grafana",
      "update core/v1:ConfigMap istio-system/kiali",
      "update core/v1:Service istio-system/tracing",
      "update core/v1:Service istio-system/zipkin",
    ],
  ],
  [
    "no addons",
    { addons: [] },
    [
      ...["grafana", "jaeger", "kiali", "prometheus"].map(
        (name): Touched => `delete apps/v1:Deployment istio-system/${name}`,
      ),
      ...[
        "grafana",
        "istio-grafana-dashboards",
        "istio-services-grafana-dashboards",
        "jaeger",
        "kiali",
        "prometheus",
      ].map((name): Touched => `delete core/v1:ConfigMap istio-system/${name}`),
      ...["grafana", "jaeger-collector", "kiali", "kialinodeport", "prometheus", "tracing", "zipkin"].map(
        (name): Touched => `delete core/v1:Service istio-system/${name}`,
      ),
      ...["grafana", "kiali", "prometheus"].map(
        (name): Touched => `delete core/v1:ServiceAccount istio-system/${name}`,
      ),
      ...["ClusterRole", "ClusterRoleBinding"].flatMap((kind) =>
        ["kiali", "prometheus"].map((name): Touched => `delete rbac.authorization.k8s.io/v1:${kind} ${name}`),
      ),
      "delete telemetry.istio.io/v1:Telemetry istio-system/mesh-default",
    ],
  ],
  [
    "Kiali with a token, that may change the mesh",
    { kiali: { auth: "token", viewOnly: false } },
    [
      "create core/v1:Secret istio-system/login-token-signing-key",
      "create pulumi-nodejs:dynamic/addons:SigningKey kiali-signing-key",
      "update apps/v1:Deployment istio-system/kiali",
      "update core/v1:ConfigMap istio-system/kiali",
      "update rbac.authorization.k8s.io/v1:ClusterRole kiali",
    ],
  ],
  [
    "storage",
    { storage: { jaeger: "1Gi" } },
    ["create core/v1:PersistentVolumeClaim istio-system/jaeger", "update apps/v1:Deployment istio-system/jaeger"],
  ],
  [
    "routes by the Gateway API",
    { gatewayApi: true },
    [
      "create core/v1:ConfigMap istio-ingress/istio-ingressgateway",
      "create core/v1:Service blog/my-blog-v1",
      "create core/v1:Service blog/my-blog-v2",
      "create core/v1:Service default/details-v1",
      "create core/v1:Service default/productpage-v1",
      "create core/v1:Service default/ratings-v1",
      "create core/v1:Service default/reviews-v1",
      "create core/v1:Service default/reviews-v2",
      "create core/v1:Service default/reviews-v3",
      "create core/v1:Service istio-ingress/istio-ingressgateway-ready",
      "create gateway.networking.k8s.io/v1:Gateway istio-ingress/istio-ingressgateway",
      "create gateway.networking.k8s.io/v1:HTTPRoute blog/my-blog",
      "create gateway.networking.k8s.io/v1:HTTPRoute default/bookinfo",
      "create gateway.networking.k8s.io/v1:HTTPRoute default/details",
      "create gateway.networking.k8s.io/v1:HTTPRoute default/ratings",
      "create gateway.networking.k8s.io/v1:HTTPRoute default/reviews",
      "create helm.sh/v3:Release istio-system/gateway-api",
      "delete helm.sh/v3:Release istio-ingress/istio-ingressgateway",
      "delete networking.istio.io/v1:DestinationRule blog/my-blog",
      "delete networking.istio.io/v1:DestinationRule default/details",
      "delete networking.istio.io/v1:DestinationRule default/productpage",
      "delete networking.istio.io/v1:DestinationRule default/ratings",
      "delete networking.istio.io/v1:DestinationRule default/reviews",
      "delete networking.istio.io/v1:Gateway blog/my-blog-gateway",
      "delete networking.istio.io/v1:Gateway default/bookinfo-gateway",
      "delete networking.istio.io/v1:VirtualService blog/my-blog",
      "delete networking.istio.io/v1:VirtualService default/bookinfo",
      "delete networking.istio.io/v1:VirtualService default/details",
      "delete networking.istio.io/v1:VirtualService default/ratings",
      "delete networking.istio.io/v1:VirtualService default/reviews",
      "update core/v1:Service istio-ingress/istio-ingressgateway",
      "update helm.sh/v3:Release istio-system/istiod",
    ],
  ],
];
