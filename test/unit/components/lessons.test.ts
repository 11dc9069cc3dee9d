import { beforeAll, describe, expect, test } from "vitest";
import { named, type Registered } from "./graph";
import { config, runProgram } from "./program";

let resources: Registered[];

beforeAll(async () => {
  ({ resources } = await runProgram(config({ addons: [] })));
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
    expect(inputs("backend-echo-account")).toEqual({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "echo-service", namespace: "client" },
    });
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
      metadata: {
        name: "echo-service",
        namespace: "client",
        labels,
        annotations: { "pulumi.com/timeoutSeconds": "300" },
      },
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
                readinessProbe: { tcpSocket: { port: 5678 }, periodSeconds: 2 },
                lifecycle: { preStop: { sleep: { seconds: 3 } } },
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
    expect(inputs("backend-httpbin-service").spec).toEqual({
      selector: { app: "httpbin" },
      ports: [{ name: "http", port: 8000, targetPort: 8080 }],
    });
    expect(container("backend-httpbin-v1").image).toBe("docker.io/mccutchen/go-httpbin:v2.15.0");
    expect(inputs("backend-httpbin-v1").spec.template.spec.serviceAccountName).toBe("httpbin");
  });

  test("the client calls echo-service every 10 s, has no Service, and ends at once when it is told to", () => {
    expect(inputs("backend-client-v1").metadata.name).toBe("client-deployment");
    const { command, ports, readinessProbe, lifecycle } = container("backend-client-v1");
    expect(command.slice(0, 2)).toEqual(["/bin/sh", "-c"]);
    expect(command[2]).toMatch(/^trap 'exit 0' TERM\n/);
    expect(command[2]).toContain("http://echo-service & wait");
    expect(command[2]).toContain("sleep 10 & wait");
    expect([ports, readinessProbe, lifecycle]).toEqual([undefined, undefined, undefined]);
    expect(resources.some(({ name }) => name === "backend-client-service")).toBe(false);
  });
});

describe("bookinfo", () => {
  test("labels the default namespace and never owns it", () => {
    expect(named(resources, "bookinfo-namespace-injected").type).toBe("kubernetes:core/v1:NamespacePatch");
    expect(inputs("bookinfo-namespace-injected").metadata).toEqual({
      name: "default",
      labels: { "istio-injection": "enabled" },
    });
  });

  test.each([
    ["details", ["v1"]],
    ["ratings", ["v1"]],
    ["productpage", ["v1"]],
    ["reviews", ["v1", "v2", "v3"]],
  ])("%s has the upstream's names, port and images", (app, versions) => {
    expect(inputs(`bookinfo-${app}-account`).metadata).toEqual({ name: `bookinfo-${app}`, namespace: "default" });
    expect(inputs(`bookinfo-${app}-service`).metadata.name).toBe(app);
    expect(inputs(`bookinfo-${app}-service`).spec).toEqual({
      selector: { app },
      ports: [{ name: "http", port: 9080, targetPort: 9080 }],
    });
    const deployments = resources.filter(
      ({ type, parent }) => type === "kubernetes:apps/v1:Deployment" && parent === `bookinfo-${app}`,
    );
    expect(
      deployments.map(({ inputs }) => [
        inputs.metadata.name,
        inputs.metadata.labels,
        inputs.spec.template.spec.containers[0].image,
      ]),
    ).toEqual(
      versions.map((version) => [
        `${app}-${version}`,
        { app, version },
        `docker.io/istio/examples-bookinfo-${app}-${version}:1.20.3`,
      ]),
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
    expect(inputs("bookinfo-entry-gateway")).toMatchObject({
      kind: "Gateway",
      metadata: { name: "bookinfo-gateway", namespace: "default" },
      spec: {
        selector: { istio: "ingressgateway" },
        servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["default/*"] }],
      },
    });
    expect(inputs("bookinfo-entry-route")).toMatchObject({
      kind: "VirtualService",
      metadata: { name: "bookinfo", namespace: "default" },
    });
    expect(inputs("bookinfo-entry-route").spec).toEqual({
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
          route: [{ destination: { host: "productpage", subset: "v1", port: { number: 9080 } }, weight: 100 }],
        },
      ],
    });
  });

  test.each([
    ["productpage", "entry", ["v1"]],
    ["details", "details-routes", ["v1"]],
    ["ratings", "ratings-routes", ["v1"]],
    ["reviews", "reviews-routes", ["v1", "v2", "v3"]],
  ])("%s has all its versions as subsets", (app, routes, versions) => {
    expect(inputs(`bookinfo-${routes}-subsets`).spec).toEqual({
      host: app,
      trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } },
      subsets: versions.map((version) => ({ name: version, labels: { version } })),
    });
  });

  test.each(["details", "ratings", "reviews"])("all calls to %s go to v1, as upstream begins", (app) => {
    const spec = { hosts: [app], http: [{ route: [{ destination: { host: app, subset: "v1" }, weight: 100 }] }] };
    expect(inputs(`bookinfo-${app}-routes-route`)).toMatchObject({
      kind: "VirtualService",
      metadata: { name: app, namespace: "default" },
      spec,
    });
  });
});

describe("bookinfo with policies of its config", () => {
  const changed = async (bookinfo: Record<string, unknown>) => {
    const { resources: after } = await runProgram(config({ addons: [], bookinfo }));
    const differing = after.filter(
      (resource) => JSON.stringify(resource) !== JSON.stringify(named(resources, resource.name)),
    );
    expect(after).toHaveLength(resources.length);
    return Object.fromEntries(differing.map(({ name, inputs }) => [name, inputs.spec]));
  };
  const to = (host: string, subset = "v1") => [{ destination: { host, subset }, weight: 100 }];
  const jason = { headers: { "end-user": { exact: "jason" } } };

  test("timeout and retries are one VirtualService", async () => {
    const retries = { attempts: 2, perTryTimeout: "2s", retryOn: "5xx" };
    expect(await changed({ details: { timeout: "0.5s", retries } })).toEqual({
      "bookinfo-details-routes-route": {
        hosts: ["details"],
        http: [{ timeout: "0.5s", retries, route: to("details") }],
      },
    });
  });

  test("a fault for one user is a rule before the others", async () => {
    const delay = { fixedDelay: "7s", percentage: 100 };
    expect(await changed({ ratings: { fault: { delay, user: "jason" } } })).toEqual({
      "bookinfo-ratings-routes-route": {
        hosts: ["ratings"],
        http: [
          { match: [jason], fault: { delay: { fixedDelay: "7s", percentage: { value: 100 } } }, route: to("ratings") },
          { route: to("ratings") },
        ],
      },
    });
  });

  test("a version for one user is a rule before the weights", async () => {
    expect(await changed({ reviews: { users: { jason: "v2" } } })).toEqual({
      "bookinfo-reviews-routes-route": {
        hosts: ["reviews"],
        http: [{ match: [jason], route: to("reviews", "v2") }, { route: to("reviews") }],
      },
    });
  });

  test("a load balancer is one DestinationRule", async () => {
    expect(await changed({ ratings: { loadBalancer: "RANDOM" } })).toEqual({
      "bookinfo-ratings-routes-subsets": {
        host: "ratings",
        trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" }, loadBalancer: { simple: "RANDOM" } },
        subsets: [{ name: "v1", labels: { version: "v1" } }],
      },
    });
  });

  test("the page's own policy is on the way in", async () => {
    expect(Object.keys(await changed({ productpage: { timeout: "3s" } }))).toEqual(["bookinfo-entry-route"]);
  });
});

test("mtls: PERMISSIVE changes the policies of all lesson namespaces and nothing else", async () => {
  const { resources: permissive } = await runProgram(config({ addons: [], mtls: "PERMISSIVE" }));
  const isPolicy = ({ type }: Registered) => type.endsWith(":PeerAuthentication");
  expect(permissive.filter(isPolicy).map(({ inputs }) => inputs.spec)).toEqual(
    Array(5).fill({ mtls: { mode: "PERMISSIVE" } }),
  );
  const rest = (all: Registered[]) =>
    all.filter((resource) => !isPolicy(resource)).sort((a, b) => a.name.localeCompare(b.name));
  expect(rest(permissive)).toEqual(rest(resources));
});

test.each([
  ["backend", 16],
  ["bookinfo", 36],
  ["temperature", 16],
  ["blog", 24],
  ["admission", 6],
])("%s alone: the other lessons leave no trace, and it is what it is beside them", async (lesson, count) => {
  const { resources: only } = await runProgram(config({ addons: [], lessons: [lesson] }));
  const own = (all: Registered[]) =>
    all
      .filter(({ name }) => name === lesson || name.startsWith(`${lesson}-`))
      .sort((a, b) => a.name.localeCompare(b.name));
  expect(own(only)).toEqual(own(resources));
  expect(own(only)).toHaveLength(count);
  const others = only.filter(({ name }) => !own(only).some((resource) => resource.name === name));
  expect([...new Set(others.map(({ name }) => name.split("-")[0]))].sort()).toEqual(["front", "istio", "seat"]);
});
