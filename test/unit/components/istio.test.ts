import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { chartSource } from "../../../components/mesh/charts";
import { gatewayApiChart } from "../../../components/mesh/gateway-api-chart";
import { extensionProviders } from "../../../components/mesh/telemetry-providers";
import { overlay } from "../../../components/mesh/values";
import { named, type Registered } from "./graph";
import { config, runProgram } from "./program";
import { istio as release } from "../../../versions";

let resources: Registered[];
let withIstio: Registered[];

beforeAll(async () => {
  ({ resources } = await runProgram());
  withIstio = resources;
});

const common = {
  version: release.version,
  repositoryOpts: { repo: "https://blob.istio.io/istio-release/charts" },
  timeout: 300,
  atomic: false,
};

test("base", () => {
  const { inputs, dependsOn } = named(resources, "istio-base");
  expect(inputs).toEqual({
    ...common,
    compat: "true",
    chart: "base",
    name: "istio-base",
    namespace: "istio-system",
    values: { base: { validationFailurePolicy: "Fail" } },
  });
  expect(dependsOn).toEqual(["istio-system"]);
});

test("istiod, beside base, small, with the pinned release's images, and a line of JSON for each request", () => {
  const { inputs, dependsOn } = named(resources, "istio-istiod");
  const { meshConfig, ...values } = inputs.values;
  expect({ ...inputs, values }).toEqual({
    ...common,
    compat: "true",
    chart: "istiod",
    name: "istiod",
    namespace: "istio-system",
    values: {
      base: { validationFailurePolicy: "Fail" },
      global: {
        hub: "docker.io/istio",
        tag: release.version,
        imagePullPolicy: "IfNotPresent",
        proxy: { resources: { requests: { cpu: "10m", memory: "48Mi" } } },
        defaultPodDisruptionBudget: { enabled: false },
      },
      autoscaleEnabled: false,
      resources: { requests: { cpu: "50m", memory: "192Mi" } },
    },
  });
  expect(meshConfig).toEqual({
    accessLogFile: "/dev/stdout",
    accessLogEncoding: "JSON",
    accessLogFormat: expect.any(String),
    extensionProviders,
  });
  expect(extensionProviders.map(({ name }) => name)).toEqual(["zipkin", "otel"]);
  expect(JSON.parse(meshConfig.accessLogFormat)).toMatchObject({
    protocol: "%PROTOCOL%",
    response_code: "%RESPONSE_CODE%",
    response_flags: "%RESPONSE_FLAGS%",
    upstream_cluster: "%UPSTREAM_CLUSTER_RAW%",
    downstream_peer: "%DOWNSTREAM_PEER_URI_SAN%",
  });
  expect(dependsOn).toEqual(["istio-system"]);
});

test("gateway, after istiod and the kinds, in a namespace of its own, without a Service", () => {
  const { inputs, dependsOn } = named(resources, "istio-gateway");
  expect(inputs).toEqual({
    ...common,
    compat: "true",
    chart: "gateway",
    name: "istio-ingressgateway",
    namespace: "istio-ingress",
    values: {
      service: { type: "None" },
      autoscaling: { enabled: false },
      imagePullPolicy: "IfNotPresent",
      resources: { requests: { cpu: "10m", memory: "64Mi" } },
      terminationGracePeriodSeconds: 5,
    },
  });
  expect(dependsOn).toEqual(["istio-base", "istio-ingress", "istio-istiod"]);
});

describe("with the Gateway API", () => {
  let resources: Registered[];
  beforeAll(async () => {
    ({ resources } = await runProgram(config({ gatewayApi: true })));
  });

  test("its kinds are a release from a local chart, by which only its version is compared", () => {
    expect(named(resources, "istio-gateway-api").inputs).toEqual({
      compat: "true",
      chart: ".lab/charts/gateway-api",
      name: "gateway-api",
      namespace: "istio-system",
      values: {},
      timeout: 300,
      atomic: false,
    });
  });

  test("the gateway is one Gateway, awaited, open to the routes of all namespaces, and no release", () => {
    expect(named(resources, "istio-gateway").inputs).toEqual({
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "Gateway",
      metadata: {
        name: "istio-ingressgateway",
        namespace: "istio-ingress",
        annotations: {
          "networking.istio.io/service-type": "ClusterIP",
          "pulumi.com/waitFor": "condition=Programmed",
          "pulumi.com/timeoutSeconds": "300",
        },
      },
      spec: {
        gatewayClassName: "istio",
        infrastructure: { parametersRef: { group: "", kind: "ConfigMap", name: "istio-ingressgateway" } },
        allowedListeners: { namespaces: { from: "Same" } },
        listeners: [{ name: "http", port: 80, protocol: "HTTP", allowedRoutes: { namespaces: { from: "All" } } }],
      },
    });
  });

  test("its pod is as small, and as quick to end, as the release's", () => {
    const { metadata, data } = named(resources, "istio-gateway-parameters").inputs;
    expect(metadata).toEqual({ name: "istio-ingressgateway", namespace: "istio-ingress" });
    expect(Object.keys(data)).toEqual(["deployment"]);
    expect(parse(data.deployment)).toEqual({
      spec: {
        template: {
          spec: {
            terminationGracePeriodSeconds: 5,
            containers: [{ name: "istio-proxy", resources: { requests: { cpu: "10m", memory: "64Mi" } } }],
          },
        },
      },
    });
  });

  test("what does not route is the same", () => {
    const { podAnnotations, ...values } = named(resources, "istio-istiod").inputs.values;
    // Another template of its pod: istiod starts anew after the kinds have come.
    expect(podAnnotations).toEqual({ "istio-lab/gateway-api": "true" });
    expect({ ...named(resources, "istio-istiod").inputs, values }).toEqual(named(withIstio, "istio-istiod").inputs);
    expect(named(resources, "istio-base")).toEqual(named(withIstio, "istio-base"));
  });
});

test("without the packaged kinds the Gateway API is refused, with what makes them", () => {
  const empty = mkdtempSync(path.join(tmpdir(), "no-chart-"));
  expect(() => gatewayApiChart(empty)).toThrow(pulumi.RunError);
  expect(() => gatewayApiChart(empty)).toThrow(
    "istio-lab:gatewayApi: the Gateway API's definitions are not in .lab/charts/gateway-api. `npm run up -- --stack seat7` makes them",
  );
  rmSync(empty, { recursive: true });
});

test("the user's values are laid over the program's, chart by chart", async () => {
  const values = {
    istiod: { telemetry: { enabled: false }, resources: { requests: { cpu: "1" } } },
    gateway: { imagePullPolicy: "Always" },
  };
  const { resources } = await runProgram(config({ istio: { values, hub: "mirror.example/istio", version: "1.2.3" } }));
  const istiod = named(resources, "istio-istiod").inputs.values;
  expect(istiod.telemetry).toEqual({ enabled: false });
  expect(istiod.resources).toEqual({ requests: { cpu: "1", memory: "192Mi" } });
  expect(istiod.global).toMatchObject({ hub: "mirror.example/istio", tag: "1.2.3" });
  expect(named(resources, "istio-gateway").inputs.values.imagePullPolicy).toBe("Always");
  expect(named(resources, "istio-base").inputs.values).toEqual({ base: { validationFailurePolicy: "Fail" } });
});

describe("where a chart comes from", () => {
  const version = "1.2.3";
  test.each([
    [
      "https://charts.example/istio",
      { chart: "istiod", version, repositoryOpts: { repo: "https://charts.example/istio" } },
    ],
    ["http://10.0.0.1:8080", { chart: "istiod", version, repositoryOpts: { repo: "http://10.0.0.1:8080" } }],
    ["oci://mirror.example/charts", { chart: "oci://mirror.example/charts/istiod", version }],
    [".lab/charts", { chart: ".lab/charts/istiod" }],
    ["charts", { chart: "./charts/istiod" }],
    ["../charts", { chart: "../charts/istiod" }],
    ["/srv/charts", { chart: "/srv/charts/istiod" }],
  ])("%s", (chartRepository, source) => {
    expect(chartSource("istiod", { chartRepository, version })).toEqual(source);
  });
});

describe("overlay", () => {
  test.each([
    [{ a: { b: 1, c: 2 } }, { a: { c: 3 } }, { a: { b: 1, c: 3 } }],
    [{ a: [1, 2] }, { a: [3] }, { a: [3] }],
    [{ a: { b: 1 } }, { a: false }, { a: false }],
    [{ a: 1 }, { a: { b: 2 } }, { a: { b: 2 } }],
    [{ a: 1 }, undefined, { a: 1 }],
  ])("%j under %j", (under, over, merged) => {
    expect(overlay(under, over)).toEqual(merged);
  });

  test("leaves what it is given alone", () => {
    const under = { a: { b: 1 } };
    overlay(under, { a: { b: 2 } });
    expect(under).toEqual({ a: { b: 1 } });
  });
});
