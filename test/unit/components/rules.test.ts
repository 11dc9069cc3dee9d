import { beforeAll, describe, expect, test } from "vitest";
import { counts, named, type Registered } from "./graph";
import { config, runProgram } from "./program";

/** What is made whichever the API. */
const common = {
  "istio-lab:cluster:Embedded": 1,
  "pulumi-nodejs:dynamic/cluster:Generation": 1,
  "pulumi-nodejs:dynamic/cluster:Machine": 1,
  "pulumi-nodejs:dynamic/cluster:Power": 1,
  "pulumi-nodejs:dynamic/mesh:Certificate": 1,
  "pulumi:providers:kubernetes": 1,
  "istio-lab:mesh:Istio": 1,
  "istio-lab:mesh:Front": 1,
  "istio-lab:mesh:EntryRoutes": 3,
  "istio-lab:mesh:ServiceRoutes": 3,
  "istio-lab:mesh:NamespaceSecurity": 5,
  "istio-lab:lessons:Backend": 1,
  "istio-lab:lessons:Bookinfo": 1,
  "istio-lab:lessons:Temperature": 1,
  "istio-lab:lessons:Blog": 1,
  "istio-lab:lessons:BlogCredential": 1,
  "istio-lab:lessons:Admission": 1,
  "istio-lab:lessons:Namespace": 5,
  "istio-lab:workload:Workload": 12,
  "istio-lab:addons:Kiali": 1,
  "istio-lab:addons:Prometheus": 1,
  "istio-lab:addons:Grafana": 1,
  "istio-lab:addons:Jaeger": 1,
  "istio-lab:addons:Loki": 1,
  "istio-lab:mesh:Telemetry": 1,
  "pulumi-nodejs:dynamic/addons:SigningKey": 1,
  "kubernetes:core/v1:Namespace": 6,
  "kubernetes:core/v1:NamespacePatch": 1,
  // The lessons', and those of Kiali, Prometheus, Grafana and Loki.
  "kubernetes:core/v1:ServiceAccount": 12 + 4,
  // The blog's certificate and Kiali's key.
  "kubernetes:core/v1:Secret": 2,
  // The lesson's, and one of each addon that collects something.
  "kubernetes:core/v1:PersistentVolumeClaim": 1 + 4,
  // The lessons', and those of Kiali, Prometheus, Grafana, Jaeger and the collector.
  "kubernetes:apps/v1:Deployment": 15 + 5,
  "kubernetes:apps/v1:StatefulSet": 1,
  // Kiali's and Prometheus'.
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole": 2,
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": 2,
  "kubernetes:telemetry.istio.io/v1:Telemetry": 1,
  "kubernetes:security.istio.io/v1:PeerAuthentication": 5,
  "kubernetes:security.istio.io/v1:AuthorizationPolicy": 3,
};

/** Of the addons: 2 of Kiali, 1 each of Prometheus and Grafana, 3 each of Jaeger and Loki, 1 of the collector; and 1, 1, 3, 1, 2, 1. */
const [addonServices, addonConfigMaps] = [11, 9];

const asIstio = {
  "kubernetes:core/v1:ConfigMap": addonConfigMaps,
  // base, istiod and the gateway.
  "kubernetes:helm.sh/v3:Release": 3,
  "kubernetes:core/v1:Service": 11 + addonServices,
  "kubernetes:networking.istio.io/v1:Gateway": 3,
  "kubernetes:networking.istio.io/v1:VirtualService": 6,
  "kubernetes:networking.istio.io/v1:DestinationRule": 5,
};

const asGatewayApi = {
  // base, istiod and the Gateway API's kinds.
  "kubernetes:helm.sh/v3:Release": 3,
  "kubernetes:core/v1:ConfigMap": 1 + addonConfigMaps,
  // And one that waits for the gateway, and one for each version: 1 productpage, 1 details, 1 ratings, 3 reviews, 2 my-blog.
  "kubernetes:core/v1:Service": 11 + 1 + 8 + addonServices,
  "kubernetes:gateway.networking.k8s.io/v1:Gateway": 1,
  "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute": 6,
  "kubernetes:gateway.networking.k8s.io/v1:ListenerSet": 1,
};

/** With all that they can be asked for; zipkin in jaeger's place would be less. */
const allAddons = {
  addons: ["kiali", "prometheus", "grafana", "jaeger", "loki"],
  kiali: { auth: "token" },
  storage: { prometheus: "1Gi", grafana: "1Gi", jaeger: "1Gi", loki: "1Gi" },
};

/** Rules that hold for every resource of the program, whichever component makes it and whichever API its routes are written in. */
describe.each([{ gatewayApi: false }, { gatewayApi: true }])("%j", ({ gatewayApi }) => {
  let resources: Registered[];
  let completed: string[];
  let components: Registered[];
  let kubernetes: Registered[];

  beforeAll(async () => {
    ({ resources, completed } = await runProgram(config({ gatewayApi, blog: { https: true }, ...allAddons })));
    components = resources.filter(({ custom }) => !custom);
    kubernetes = resources.filter(({ type }) => type.startsWith("kubernetes:"));
  });

  test("exactly these resources are made", () => {
    expect(counts(resources)).toEqual({ ...common, ...(gatewayApi ? asGatewayApi : asIstio) });
  });

  describe("every component", () => {
    test("has a token of this project", () => {
      for (const { type } of components)
        expect(type).toMatch(/^istio-lab:(cluster|mesh|lessons|addons|workload):[A-Z][A-Za-z]+$/);
    });

    test("registers its outputs exactly once", () => {
      const own = completed.filter((name) => name !== "istio-lab-seat7");
      expect(own.sort()).toEqual(components.map(({ name }) => name).sort());
    });
  });

  test("every child is named after its parent", () => {
    const children = resources.filter(({ parent }) => parent !== "istio-lab-seat7");
    expect(children.length).toBe(resources.length - 14);
    for (const { name, parent } of children) expect(name.startsWith(`${parent}-`), `${name} of ${parent}`).toBe(true);
  });

  test("at the top are the cluster, the mesh, the lessons, the addons and the way in", () => {
    const top = resources.filter(({ parent }) => parent === "istio-lab-seat7").map(({ name }) => name);
    expect(top.sort()).toEqual([
      "admission",
      "backend",
      "blog",
      "bookinfo",
      "front",
      "grafana",
      "istio",
      "jaeger",
      "kiali",
      "loki",
      "prometheus",
      "seat",
      "telemetry",
      "temperature",
    ]);
  });

  describe("every Kubernetes resource", () => {
    test("uses the cluster's provider, and nobody else does", () => {
      for (const { name, provider } of kubernetes) expect(provider, name).toBe("seat-kubernetes");
      const others = resources.filter((resource) => !kubernetes.includes(resource));
      for (const { name, provider } of others) expect(provider, name).toBeUndefined();
    });

    test("is deleted with the generation, and so is the provider, but not the machine", () => {
      for (const { name, deletedWith } of [...kubernetes, named(resources, "seat-kubernetes")])
        expect(deletedWith, name).toBe("seat-generation");
      for (const name of ["seat-generation", "seat-machine", "seat-power"])
        expect(named(resources, name).deletedWith, name).toBeUndefined();
    });

    test("is replaced when the generation is, whatever became of the old provider", () => {
      for (const { name, replacementTrigger } of kubernetes)
        expect(replacementTrigger, name).toBe("seat-generation-id");
    });
  });

  test("nothing is protected, kept, or ignored", () => {
    for (const { name, protect, retainOnDelete, ignoreChanges } of resources) {
      expect({ name, protect, retainOnDelete, ignoreChanges }).toEqual({
        name,
        protect: false,
        retainOnDelete: false,
        ignoreChanges: [],
      });
    }
  });

  test("every object of Istio's comes after the gateway, whose pod proves that istiod's webhooks answer", () => {
    const objects = kubernetes.filter(({ type }) => /\.istio\.io\//.test(type));
    expect(objects).toHaveLength(gatewayApi ? 9 : 23);
    for (const { name, dependsOn } of objects) expect(dependsOn, name).toContain("istio-gateway");
  });

  test("no two of Istio's Gateways have the same host and port, by istioctl's rule and by Kiali's", () => {
    const gateways = kubernetes.filter(({ type }) => type === "kubernetes:networking.istio.io/v1:Gateway");
    const owned = gateways.flatMap(({ inputs: { metadata, spec } }) =>
      spec.servers.flatMap((server: any) =>
        server.hosts.map((host: string) => ({ metadata, host, port: server.port.number })),
      ),
    );
    expect(owned).toHaveLength(gatewayApi ? 0 : 4);
    // istioctl compares the texts. Kiali compares hosts of one namespace, and a host of none with all.
    expect(new Set(owned.map(({ host, port }) => `${host} ${port}`)).size).toBe(owned.length);
    for (const { metadata, host } of owned) expect(host).toMatch(new RegExp(`^${metadata.namespace}/[^/]+$`));
  });

  test("every pod of a lesson's comes after istiod and after its namespace's injection label", () => {
    const deployments = kubernetes.filter(
      ({ type, inputs }) => type === "kubernetes:apps/v1:Deployment" && inputs.metadata.namespace !== "istio-system",
    );
    expect(deployments).toHaveLength(15);
    for (const { name, dependsOn } of deployments) {
      expect(dependsOn, name).toEqual(
        expect.arrayContaining(["istio-istiod", `${name.split("-")[0]}-namespace-injected`]),
      );
    }
  });
});
