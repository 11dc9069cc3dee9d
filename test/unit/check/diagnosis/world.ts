import type { KubeObject } from "../../../../kube";
import {
  type SnapshotSource,
  takeSnapshot,
  type TakenSnapshot,
  kinds,
  type SnapshotKind,
} from "../../../../cli/check/diagnosis/snapshot";

const istio = "networking.istio.io/v1";
const security = "security.istio.io/v1";

function object(
  apiVersion: string,
  kind: string,
  namespace: string | undefined,
  name: string,
  rest: Record<string, unknown> = {},
): KubeObject {
  return { apiVersion, kind, metadata: { name, ...(namespace && { namespace }) }, ...rest };
}

function namespace(name: string): KubeObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { "istio-injection": "enabled" } } };
}

function service(namespaceName: string, name: string, port: number, target: number, protocol = "http"): KubeObject {
  return object("v1", "Service", namespaceName, name, {
    spec: { selector: { app: name }, ports: [{ name: protocol, port, targetPort: target }] },
  });
}

function deployment(namespaceName: string, app: string, version: string, name = `${app}-${version}`): KubeObject {
  const labels = { app, version };
  const containers = [
    { name: app, image: `example.org/${app}:1`, resources: { requests: { cpu: "0.01", memory: "32Mi" } } },
  ];
  return object("apps/v1", "Deployment", namespaceName, name, {
    spec: {
      replicas: 1,
      selector: { matchLabels: { ...labels } },
      template: { metadata: { labels }, spec: { serviceAccountName: app, containers } },
    },
  });
}

function strict(namespaceName: string): KubeObject {
  return object(security, "PeerAuthentication", namespaceName, "default", { spec: { mtls: { mode: "STRICT" } } });
}

function subsets(namespaceName: string, host: string, versions: string[]): KubeObject {
  return object(istio, "DestinationRule", namespaceName, host, {
    spec: {
      host,
      trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } },
      subsets: versions.map((version) => ({ name: version, labels: { version } })),
    },
  });
}

function gateway(namespaceName: string, name: string, host: string): KubeObject {
  return object(istio, "Gateway", namespaceName, name, {
    spec: {
      selector: { istio: "ingressgateway" },
      servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: [host] }],
    },
  });
}

/** What a small program makes: the inputs that the state holds. */
function inputs(): KubeObject[] {
  return [
    ...["default", "blog", "admission"].flatMap((name) => [namespace(name), strict(name)]),
    service("default", "reviews", 9080, 9080),
    service("default", "productpage", 9080, 9080),
    ...["v1", "v3"].map((version) => deployment("default", "reviews", version)),
    deployment("default", "productpage", "v1"),
    gateway("default", "bookinfo-gateway", "*"),
    object(istio, "VirtualService", "default", "bookinfo", {
      spec: {
        hosts: ["*"],
        gateways: ["bookinfo-gateway"],
        http: [
          {
            match: [{ uri: { exact: "/productpage" } }],
            route: [{ destination: { host: "productpage", port: { number: 9080 } } }],
          },
        ],
      },
    }),
    subsets("default", "reviews", ["v1", "v3"]),
    object(istio, "VirtualService", "default", "reviews", {
      spec: {
        hosts: ["reviews"],
        http: [
          {
            route: [
              { destination: { host: "reviews", subset: "v1" }, weight: 50 },
              { destination: { host: "reviews", subset: "v3" }, weight: 50 },
            ],
          },
        ],
      },
    }),
    service("blog", "api", 80, 8080),
    deployment("blog", "api", "v1", "api"),
    deployment("blog", "frontend", "v1", "frontend"),
    object(security, "AuthorizationPolicy", "blog", "deny-all", { spec: {} }),
    object(security, "AuthorizationPolicy", "blog", "allow-frontend-to-api", {
      spec: {
        selector: { matchLabels: { app: "api" } },
        rules: [
          {
            from: [{ source: { principals: ["cluster.local/ns/blog/sa/frontend"] } }],
            to: [{ operation: { methods: ["GET", "POST"] } }],
          },
        ],
      },
    }),
    object("v1", "PersistentVolumeClaim", "admission", "myclaim", {
      metadata: { name: "myclaim", namespace: "admission", annotations: { "pulumi.com/skipAwait": "true" } },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "64Mi" } } },
    }),
    {
      ...object("v1", "Secret", "istio-ingress", "blog-credential"),
      type: "kubernetes.io/tls",
      stringData: locked,
      data: locked,
    },
    ...addonInputs(),
  ];
}

/** Kiali and Jaeger, in their own words. */
function addonInputs(): KubeObject[] {
  const system = "istio-system";
  const kialiLabels = { app: "kiali", "app.kubernetes.io/name": "kiali" };
  const kiali = deployment(system, "kiali", "v2.32.0", "kiali");
  Object.assign(kiali.spec.template.metadata.labels, kialiLabels);
  // Samples that want one pod do not all say so.
  delete kiali.spec.replicas;
  return [
    object("v1", "ServiceAccount", system, "kiali"),
    object("rbac.authorization.k8s.io/v1", "ClusterRole", undefined, "kiali", {
      rules: [
        { apiGroups: [""], resources: ["pods", "services"], verbs: ["get", "list", "watch"] },
        { apiGroups: ["networking.istio.io"], resources: ["*"], verbs: ["get", "list", "watch"] },
        { apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] },
      ],
    }),
    object("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", undefined, "kiali", {
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "kiali" },
      subjects: [{ kind: "ServiceAccount", name: "kiali", namespace: system }],
    }),
    object("v1", "ConfigMap", system, "kiali", { data: { "config.yaml": "auth: {strategy: anonymous}" } }),
    object("v1", "Service", system, "kiali", {
      spec: { selector: { ...kialiLabels }, ports: [{ name: "http", port: 20001 }] },
    }),
    object("v1", "Service", system, "kialinodeport", {
      spec: { type: "NodePort", selector: { ...kialiLabels }, ports: [{ name: "http", port: 20001, nodePort: 31602 }] },
    }),
    kiali,
    object("v1", "Service", system, "zipkin", {
      spec: { selector: { app: "jaeger" }, ports: [{ name: "http-query", port: 9411, targetPort: 9411 }] },
    }),
    deployment(system, "jaeger", "v1", "jaeger"),
    { ...deployment(system, "loki", "v1", "loki"), kind: "StatefulSet" },
    object("v1", "Service", system, "loki", {
      spec: { selector: { app: "loki" }, ports: [{ name: "http-metrics", port: 3100 }] },
    }),
    object("telemetry.istio.io/v1", "Telemetry", system, "mesh-default", {
      spec: { tracing: [{ providers: [{ name: "zipkin" }], randomSamplingPercentage: 100 }] },
    }),
  ];
}

/** A secret as an exported state has it. */
const locked = {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext: "v1:…",
} as unknown;

/** The same program with two of everything that a list holds: what looks at the first one alone sees nothing wrong with the second. */
export function twice(made: KubeObject[]): void {
  const find = (kind: string, name: string): any => made.find((one) => one.kind === kind && one.metadata.name === name);
  find("Service", "reviews").spec.ports.push({ name: "grpc-admin", port: 9090, targetPort: 9091 });
  find("Service", "kialinodeport").spec.ports.push({ name: "http-metrics", port: 9090, nodePort: 31603 });
  const rule = find("DestinationRule", "reviews").spec;
  rule.trafficPolicy.portLevelSettings = [9080, 9090].map((number) => ({
    port: { number },
    tls: { mode: "ISTIO_MUTUAL" },
  }));
  for (const subset of rule.subsets) subset.trafficPolicy = { tls: { mode: "ISTIO_MUTUAL" } };
  const reviews = find("VirtualService", "reviews").spec;
  reviews.hosts.push("reviews.default.svc.cluster.local");
  reviews.http.unshift({
    match: [{ headers: { "end-user": { exact: "jason" } } }],
    route: [{ destination: { host: "reviews", subset: "v3" } }],
    fault: { delay: { fixedDelay: "1s", percentage: { value: 1 } } },
  });
  reviews.http[1].mirror = { host: "productpage" };
  reviews.tcp = [
    { route: [{ destination: { host: "reviews", subset: "v1" } }, { destination: { host: "api.blog" } }] },
  ];
  find("Gateway", "bookinfo-gateway").spec.servers.push({
    port: { number: 443, name: "https", protocol: "HTTPS" },
    hosts: ["b.example", "c.example"],
  });
  find("VirtualService", "bookinfo").spec.gateways.push("blog/blog-gateway");
  find("AuthorizationPolicy", "allow-frontend-to-api").spec.rules.push({
    from: [
      { source: { principals: ["cluster.local/ns/blog/sa/api"] } },
      { source: { principals: ["cluster.local/ns/default/sa/reviews", "cluster.local/ns/blog/sa/frontend"] } },
    ],
    to: [{ operation: { paths: ["/a"] } }, { operation: { paths: ["/b"] } }],
  });
  Object.assign(find("Telemetry", "mesh-default").spec, {
    accessLogging: [{ providers: [{ name: "otel" }] }],
    metrics: [{ providers: [{ name: "prometheus" }] }],
  });
  find("Telemetry", "mesh-default").spec.tracing.push({
    providers: [{ name: "jaeger" }],
    randomSamplingPercentage: 50,
  });
  find("Deployment", "api").spec.template.spec.containers.push({
    name: "second",
    image: "example.org/second:1",
    resources: { requests: { cpu: "0.01", memory: "32Mi" } },
  });
  find("Deployment", "productpage-v1").spec.replicas = 2;
  made.push(
    gateway("blog", "blog-gateway", "*"),
    object("v1", "PersistentVolumeClaim", "admission", "second", {
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "64Mi" } } },
    }),
    object("gateway.networking.k8s.io/v1", "Gateway", "blog", "front", {
      spec: {
        gatewayClassName: "istio",
        listeners: [
          { name: "http", port: 80, protocol: "HTTP" },
          { name: "https", port: 443, protocol: "HTTPS" },
        ],
      },
    }),
    object("gateway.networking.k8s.io/v1", "HTTPRoute", "blog", "front", {
      spec: {
        parentRefs: [{ name: "front" }, { name: "api", kind: "Service" }],
        hostnames: ["a.example", "b.example"],
        rules: [
          { backendRefs: [{ name: "api", port: 80 }] },
          {
            backendRefs: [
              { name: "api", port: 80, weight: 90 },
              { name: "frontend", port: 80, weight: 10 },
            ],
          },
        ],
      },
    }),
    service("blog", "frontend", 80, 8080),
  );
}

/** A cluster in which these inputs have come true. */
function cluster(inputs: readonly KubeObject[]): KubeObject[] {
  const made = structuredClone(inputs) as KubeObject[];
  for (const one of made) complete(one);
  return [
    ...made,
    ...made.filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet").map((one) => podOf(one)),
    ...["istio-system", "istio-ingress"].map((name) => object("v1", "Namespace", undefined, name)),
    // Kubernetes itself binds some of its roles to everybody, and istiod's chart its own.
    object("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", undefined, "system:service-account-issuer-discovery", {
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "ClusterRole",
        name: "system:service-account-issuer-discovery",
      },
      subjects: [{ kind: "Group", name: "system:serviceaccounts" }],
    }),
    object("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", undefined, "istiod", {
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "istiod" },
      subjects: [{ kind: "ServiceAccount", name: "istiod", namespace: "istio-system" }],
    }),
    structuredClone(gatewayDeployment),
    podOf(gatewayDeployment),
    object("storage.k8s.io/v1", "StorageClass", undefined, "standard", {
      metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    }),
    { ...object("apps/v1", "Deployment", "elsewhere", "not-ours"), spec: { replicas: 0 } },
  ];
}

const gatewayDeployment: KubeObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: {
    name: "istio-ingressgateway",
    namespace: "istio-ingress",
    labels: { "app.kubernetes.io/managed-by": "Helm" },
  },
  spec: {
    replicas: 1,
    selector: { matchLabels: { istio: "ingressgateway" } },
    template: { metadata: { labels: { istio: "ingressgateway", app: "istio-ingressgateway" } }, spec: {} },
  },
};

/** What the API server adds to an object. */
function complete(one: KubeObject): void {
  one.metadata.creationTimestamp = "2026-01-01T00:00:00Z";
  one.metadata.managedFields = [{ manager: "pulumi-kubernetes", operation: "Apply", fieldsV1: { "f:spec": {} } }];
  if (one.kind === "Deployment" || one.kind === "StatefulSet") {
    one.spec.strategy = { type: "RollingUpdate" };
    one.spec.replicas ??= 1;
    one.spec.template.spec.containers[0].resources.requests.cpu = "10m";
  }
  if (one.kind === "Service") {
    one.spec.clusterIP = "10.96.0.1";
    for (const port of one.spec.ports) port.targetPort ??= port.port;
  }
  if (one.kind === "PersistentVolumeClaim") {
    one.spec.storageClassName = "standard";
    one.status = { phase: "Bound" };
  }
  if (one.kind === "Secret") one.data = { "tls.crt": "c", "tls.key": "k" };
}

/** A Deployment's ready pod, with its sidecar. */
export function podOf(deployment: KubeObject): KubeObject {
  const { name, namespace } = deployment.metadata;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `${name}-abc12`,
      namespace,
      labels: { ...deployment.spec.template.metadata.labels },
      ownerReferences: [{ kind: "ReplicaSet", name, uid: "1" }],
    },
    spec: {
      serviceAccountName: deployment.spec.template.spec.serviceAccountName ?? "default",
      initContainers: [{ name: "istio-init" }, { name: "istio-proxy" }],
      containers: [{ name: "app" }],
    },
    status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
  };
}

/** The cluster of a test, which it breaks. */
export class World {
  private readonly inputs = inputs();
  readonly objects: KubeObject[];

  /** `change`: what the program makes otherwise, or besides. */
  constructor(change: (inputs: KubeObject[]) => void = () => undefined) {
    change(this.inputs);
    this.objects = cluster(this.inputs);
  }

  find(kind: SnapshotKind, namespace: string | undefined, name: string): KubeObject {
    const found = this.objects.find(
      (one) => isOf(one, kind) && one.metadata.name === name && one.metadata.namespace === namespace,
    );
    if (!found) throw new Error(`${kind} ${namespace}/${name} is not in the test's cluster`);
    return found;
  }

  remove(kind: SnapshotKind, namespace: string | undefined, name: string): void {
    this.objects.splice(this.objects.indexOf(this.find(kind, namespace, name)), 1);
  }

  add(...objects: KubeObject[]): void {
    this.objects.push(...objects);
  }

  /** As the tests' seat would be read. */
  snapshot(): Promise<TakenSnapshot> {
    return takeSnapshot({ ...this.source(), repairCommand: "MEND" });
  }

  source(): Omit<SnapshotSource, "repairCommand"> {
    const list = (path: string) => {
      const kind = (Object.keys(kinds) as SnapshotKind[]).find((candidate) => kinds[candidate].path === path)!;
      // The items of a list have neither apiVersion nor kind.
      return Promise.resolve(
        this.objects
          .filter((one) => isOf(one, kind))
          .map(({ apiVersion: _, kind: __, ...rest }) => structuredClone(rest) as KubeObject),
      );
    };
    const resources = this.inputs.map((made) => ({
      urn: `urn:${made.kind}:${made.metadata.name}`,
      type: `kubernetes:${made.apiVersion}:${made.kind}`,
      id: [made.metadata.namespace, made.metadata.name].filter(Boolean).join("/"),
      inputs: made as Record<string, unknown>,
    }));
    return {
      seat: { list },
      resources: [...resources, { urn: "urn:stack", type: "pulumi:pulumi:Stack" }],
      namespaces: ["default", "blog", "admission"],
    };
  }
}

function isOf(one: KubeObject, kind: SnapshotKind): boolean {
  const { group, version, kind: name } = kinds[kind];
  return one.kind === name && one.apiVersion === (group ? `${group}/${version}` : version);
}
