import { beforeAll, describe, expect, test } from "vitest";
import { named, type Registered } from "./graph";
import { config, runProgram } from "./program";

let resources: Registered[];

beforeAll(async () => {
  ({ resources } = await runProgram());
});

const inputs = (name: string) => named(resources, name).inputs;
const container = (deployment: string) => inputs(deployment).spec.template.spec.containers[0];

describe("backend", () => {
  test("lives in a namespace of its own with sidecars, and refuses plaintext", () => {
    expect(inputs("backend-namespace-injected")).toEqual({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "client", labels: { "istio-injection": "enabled" } },
    });
    expect(inputs("backend-namespace-security-mtls")).toEqual({
      apiVersion: "security.istio.io/v1",
      kind: "PeerAuthentication",
      metadata: { name: "default", namespace: "client" },
      spec: { mtls: { mode: "STRICT" } },
    });
  });

  test("echo-service, whole: its identity, its address, its pods", () => {
    const labels = { app: "echo-service", version: "v1" };
    expect(inputs("backend-echo-account")).toEqual({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "echo-service", namespace: "client" } });
    expect(inputs("backend-echo-service")).toEqual({
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name: "echo-service",
        namespace: "client",
        labels: { app: "echo-service", service: "echo-service" },
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: { selector: { app: "echo-service" }, ports: [{ name: "http", port: 80, targetPort: 5678 }] },
    });
    expect(inputs("backend-echo-v1")).toEqual({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "echo-service", namespace: "client", labels, annotations: { "pulumi.com/timeoutSeconds": "300" } },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: "echo-service",
            terminationGracePeriodSeconds: 5,
            securityContext: { runAsNonRoot: true, runAsUser: 1000 },
            containers: [
              {
                name: "echo-service",
                image: "docker.io/hashicorp/http-echo:1.0.0",
                imagePullPolicy: "IfNotPresent",
                args: ["-text=Hello from backend service"],
                ports: [{ name: "http", containerPort: 5678 }],
                resources: { requests: { cpu: "10m", memory: "32Mi" } },
                securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
              },
            ],
          },
        },
      },
    });
  });

  test("httpbin listens on 8000 and has an identity of its own", () => {
    expect(inputs("backend-httpbin-service").spec).toEqual({ selector: { app: "httpbin" }, ports: [{ name: "http", port: 8000, targetPort: 8080 }] });
    expect(container("backend-httpbin-v1").image).toBe("docker.io/mccutchen/go-httpbin:v2.15.0");
    expect(inputs("backend-httpbin-v1").spec.template.spec.serviceAccountName).toBe("httpbin");
  });

  test("the client calls echo-service every 10 s, has no Service, and ends at once when it is told to", () => {
    expect(inputs("backend-client-v1").metadata.name).toBe("client-deployment");
    const { command, ports } = container("backend-client-v1");
    expect(command.slice(0, 2)).toEqual(["/bin/sh", "-c"]);
    expect(command[2]).toMatch(/^trap 'exit 0' TERM\n/);
    expect(command[2]).toContain("http://echo-service & wait");
    expect(command[2]).toContain("sleep 10 & wait");
    expect(ports).toBeUndefined();
    expect(resources.some(({ name }) => name === "backend-client-service")).toBe(false);
  });
});

describe("bookinfo", () => {
  test("labels the default namespace and never owns it", () => {
    expect(named(resources, "bookinfo-namespace-injected").type).toBe("kubernetes:core/v1:NamespacePatch");
    expect(inputs("bookinfo-namespace-injected").metadata).toEqual({ name: "default", labels: { "istio-injection": "enabled" } });
  });

  test.each([
    ["details", ["v1"]],
    ["ratings", ["v1"]],
    ["productpage", ["v1"]],
    ["reviews", ["v1", "v2", "v3"]],
  ])("%s has the upstream's names, port and images", (app, versions) => {
    expect(inputs(`bookinfo-${app}-account`).metadata).toEqual({ name: `bookinfo-${app}`, namespace: "default" });
    expect(inputs(`bookinfo-${app}-service`).metadata.name).toBe(app);
    expect(inputs(`bookinfo-${app}-service`).spec).toEqual({ selector: { app }, ports: [{ name: "http", port: 9080, targetPort: 9080 }] });
    const deployments = resources.filter(({ type, parent }) => type === "kubernetes:apps/v1:Deployment" && parent === `bookinfo-${app}`);
    expect(deployments.map(({ inputs }) => [inputs.metadata.name, inputs.metadata.labels, inputs.spec.template.spec.containers[0].image])).toEqual(
      versions.map((version) => [`${app}-${version}`, { app, version }, `docker.io/istio/examples-bookinfo-${app}-${version}:1.20.3`]),
    );
    for (const { inputs } of deployments) expect(inputs.spec.template.spec.serviceAccountName).toBe(`bookinfo-${app}`);
  });

  test("reviews writes where its image does", () => {
    const { spec } = inputs("bookinfo-reviews-v2").spec.template;
    expect(spec.containers[0].env).toEqual([{ name: "LOG_DIR", value: "/tmp/logs" }]);
    expect(spec.containers[0].volumeMounts).toEqual([
      { name: "scratch-0", mountPath: "/tmp" },
      { name: "scratch-1", mountPath: "/opt/ibm/wlp/output" },
    ]);
    expect(spec.volumes).toEqual([
      { name: "scratch-0", emptyDir: {} },
      { name: "scratch-1", emptyDir: {} },
    ]);
  });

  test("the gateway lets in what the page needs and nothing else", () => {
    expect(inputs("bookinfo-gateway")).toMatchObject({
      kind: "Gateway",
      metadata: { name: "bookinfo-gateway", namespace: "default" },
      spec: { selector: { istio: "ingressgateway" }, servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["*"] }] },
    });
    expect(inputs("bookinfo-routes")).toMatchObject({ kind: "VirtualService", metadata: { name: "bookinfo", namespace: "default" } });
    expect(inputs("bookinfo-routes").spec).toEqual({
      hosts: ["*"],
      gateways: ["bookinfo-gateway"],
      http: [
        {
          match: [
            { uri: { exact: "/productpage" } },
            { uri: { prefix: "/static" } },
            { uri: { exact: "/login" } },
            { uri: { exact: "/logout" } },
            { uri: { prefix: "/api/v1/products" } },
          ],
          route: [{ destination: { host: "productpage", port: { number: 9080 } } }],
        },
      ],
    });
  });

  test.each(["productpage", "details", "ratings"])("%s has its only version as subset", (app) => {
    expect(inputs(`bookinfo-${app}-subsets`).spec).toEqual({ host: app, subsets: [{ name: "v1", labels: { version: "v1" } }] });
  });
});

test("mtls: PERMISSIVE changes the policies of all lesson namespaces and nothing else", async () => {
  const { resources: permissive } = await runProgram(config({ mtls: "PERMISSIVE" }));
  const isPolicy = ({ type }: Registered) => type.endsWith(":PeerAuthentication");
  expect(permissive.filter(isPolicy).map(({ inputs }) => inputs.spec)).toEqual([{ mtls: { mode: "PERMISSIVE" } }, { mtls: { mode: "PERMISSIVE" } }]);
  const rest = (all: Registered[]) => all.filter((resource) => !isPolicy(resource)).sort((a, b) => a.name.localeCompare(b.name));
  expect(rest(permissive)).toEqual(rest(resources));
});

test("a lesson that is not asked for leaves no trace", async () => {
  const { resources: only } = await runProgram(config({ lessons: ["backend"] }));
  expect(only.filter(({ name }) => name.startsWith("bookinfo"))).toEqual([]);
  expect(only.filter(({ name }) => name.startsWith("backend"))).toHaveLength(16);
});
