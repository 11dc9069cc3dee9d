/** Other people's objects in a cluster that the lab may collide with. */

const namespace = (name: string) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });

/** The course's Kong: another lab's proxy on the gateway's ports and only address. */
export const kong = [
  namespace("kong"),
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "kong-proxy", namespace: "kong", labels: { app: "kong" } },
    spec: {
      type: "LoadBalancer",
      externalTrafficPolicy: "Local",
      loadBalancerSourceRanges: ["10.0.0.0/8"],
      selector: { app: "kong" },
      ports: [
        { name: "proxy", port: 80, targetPort: 8000, nodePort: 31380 },
        { name: "proxy-tls", port: 443, targetPort: 8443, nodePort: 31602 },
      ],
    },
  },
];

/** The objects of a control plane that runs no pods. */
export const foreignIstio = [
  namespace("mesh"),
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "istiod-1-28", namespace: "mesh", labels: { app: "istiod" } },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: "istiod" } },
      template: {
        metadata: { labels: { app: "istiod" } },
        spec: { containers: [{ name: "discovery", image: "pilot" }] },
      },
    },
  },
];

/** The remains of an Istio without istiod. */
export const leftIstio = [
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "istiod-clusterrole-istio-system" },
    rules: [],
  },
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "istio-validator-istio-system" },
    webhooks: [],
  },
];

/** What an earlier istiod left in somebody's namespace. */
export const oldCertificate = [
  namespace("tenant"),
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "istio-ca-root-cert", namespace: "tenant", labels: { "istio.io/config": "true" } },
    data: { "root-cert.pem": "theirs" },
  },
];

/** Objects that somebody added to a namespace of the seat, and to another namespace. */
export const guests = [
  { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "notes", namespace: "istio-ingress" }, data: { a: "b" } },
  { apiVersion: "v1", kind: "Secret", metadata: { name: "token", namespace: "istio-ingress" }, stringData: { a: "b" } },
  {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "data", namespace: "istio-system" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Mi" } } },
  },
  { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "notes", namespace: "default" }, data: { a: "b" } },
];

const pause = { name: "pause", image: "pause", resources: { requests: { cpu: "1000" } } };

/** A pod that requests more than any node has, and a namespace that the seat also creates. */
export const crowd = [
  namespace("istio-ingress"),
  { apiVersion: "v1", kind: "Pod", metadata: { name: "greedy", namespace: "kong" }, spec: { containers: [pause] } },
];

/** Another team's routes, of kinds that the seat installed. */
export const shop = [
  namespace("shop"),
  {
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: { name: "checkout", namespace: "shop" },
    spec: { hosts: ["checkout"], http: [{ route: [{ destination: { host: "checkout" } }] }] },
  },
  {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name: "cart", namespace: "shop" },
    spec: { rules: [{ backendRefs: [{ name: "cart", port: 80 }] }] },
  },
];
