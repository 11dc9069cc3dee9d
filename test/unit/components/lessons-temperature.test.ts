import { beforeAll, expect, test } from "vitest";
import { named, type Registered } from "./graph";
import { runProgram } from "./program";

let resources: Registered[];

beforeAll(async () => {
  ({ resources } = await runProgram());
});

const inputs = (name: string) => named(resources, name).inputs;

test("lives in a namespace of its own with sidecars, and refuses plaintext", () => {
  expect(inputs("temperature-namespace-injected")).toMatchObject({
    kind: "Namespace",
    metadata: { name: "temperature", labels: { "istio-injection": "enabled" } },
  });
  expect(inputs("temperature-namespace-security-mtls")).toMatchObject({
    metadata: { name: "default", namespace: "temperature" },
    spec: { mtls: { mode: "STRICT" } },
  });
});

test.each([
  ["api", "temperature-api", "docker.io/amrelhewy/service-mesh-temp-api:1.0", { name: "http", port: 3000 }],
  ["service", "temperature-service", "docker.io/amrelhewy/service-mesh-temp-service:1.0", { name: "grpc", port: 8080 }],
])("%s: its image, its identity, and a port whose name says the protocol", (suffix, app, image, { name, port }) => {
  const namespace = "temperature";
  expect(inputs(`temperature-${suffix}-account`).metadata).toEqual({ name: app, namespace });
  expect(inputs(`temperature-${suffix}-service`)).toMatchObject({
    metadata: { name: app, namespace },
    spec: { selector: { app }, ports: [{ name, port, targetPort: port }] },
  });
  const { metadata, spec } = inputs(`temperature-${suffix}-v1`);
  expect(metadata).toMatchObject({ name: `${app}-v1`, namespace, labels: { app, version: "v1" } });
  expect(spec.replicas).toBe(1);
  expect(spec.template.spec.serviceAccountName).toBe(app);
  expect(spec.template.spec.containers).toEqual([
    {
      name: app,
      image,
      imagePullPolicy: "IfNotPresent",
      ports: [{ name, containerPort: port }],
      readinessProbe: { tcpSocket: { port }, periodSeconds: 2 },
      lifecycle: { preStop: { sleep: { seconds: 3 } } },
      resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    },
  ]);
});

test("the gateway lets in its one page, for any host, and the gRPC service stays inside", () => {
  expect(inputs("temperature-entry-gateway")).toMatchObject({
    kind: "Gateway",
    metadata: { name: "api-gateway", namespace: "temperature" },
    spec: {
      selector: { istio: "ingressgateway" },
      servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["temperature/*"] }],
    },
  });
  expect(inputs("temperature-entry-route")).toMatchObject({
    kind: "VirtualService",
    metadata: { name: "temperature-api", namespace: "temperature" },
  });
  expect(inputs("temperature-entry-route").spec).toEqual({
    hosts: ["*"],
    gateways: ["api-gateway"],
    http: [
      {
        match: [{ uri: { exact: "/" } }],
        route: [{ destination: { host: "temperature-api", port: { number: 3000 } } }],
      },
    ],
  });
});
