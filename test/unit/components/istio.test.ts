import { beforeAll, describe, expect, test } from "vitest";
import { chartSource } from "../../../components/mesh/charts";
import { overlay } from "../../../components/mesh/values";
import { named, type Registered } from "./graph";
import { config, runProgram } from "./program";

let resources: Registered[];

beforeAll(async () => {
  ({ resources } = await runProgram());
});

const common = { version: "1.31.1", repositoryOpts: { repo: "https://blob.istio.io/istio-release/charts" }, timeout: 300, atomic: false };

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

test("istiod, after base, small, with the pinned release's images", () => {
  const { inputs, dependsOn } = named(resources, "istio-istiod");
  expect(inputs).toEqual({
    ...common,
    compat: "true",
    chart: "istiod",
    name: "istiod",
    namespace: "istio-system",
    values: {
      base: { validationFailurePolicy: "Fail" },
      global: {
        hub: "docker.io/istio",
        tag: "1.31.1",
        imagePullPolicy: "IfNotPresent",
        proxy: { resources: { requests: { cpu: "10m", memory: "48Mi" } } },
        defaultPodDisruptionBudget: { enabled: false },
      },
      autoscaleEnabled: false,
      resources: { requests: { cpu: "50m", memory: "192Mi" } },
    },
  });
  expect(dependsOn).toEqual(["istio-base", "istio-system"]);
});

test("gateway, after istiod, in a namespace of its own, on fixed node ports", () => {
  const { inputs, dependsOn } = named(resources, "istio-gateway");
  expect(inputs).toEqual({
    ...common,
    compat: "true",
    chart: "gateway",
    name: "istio-ingressgateway",
    namespace: "istio-ingress",
    values: {
      service: {
        type: "NodePort",
        ports: [
          { name: "status-port", protocol: "TCP", port: 15021, targetPort: 15021, nodePort: 31021 },
          { name: "http2", protocol: "TCP", port: 80, targetPort: 80, nodePort: 31380 },
          { name: "https", protocol: "TCP", port: 443, targetPort: 443, nodePort: 31390 },
        ],
      },
      autoscaling: { enabled: false },
      imagePullPolicy: "IfNotPresent",
      resources: { requests: { cpu: "10m", memory: "64Mi" } },
      terminationGracePeriodSeconds: 5,
    },
  });
  expect(dependsOn).toEqual(["istio-ingress", "istio-istiod"]);
});

test("the user's values are laid over the program's, chart by chart", async () => {
  const values = { istiod: { telemetry: { enabled: false }, resources: { requests: { cpu: "1" } } }, gateway: { imagePullPolicy: "Always" } };
  const { resources } = await runProgram(config({ istio: { values, hub: "mirror.example/istio", version: "1.31.2" } }));
  const istiod = named(resources, "istio-istiod").inputs.values;
  expect(istiod.telemetry).toEqual({ enabled: false });
  expect(istiod.resources).toEqual({ requests: { cpu: "1", memory: "192Mi" } });
  expect(istiod.global).toMatchObject({ hub: "mirror.example/istio", tag: "1.31.2" });
  expect(named(resources, "istio-gateway").inputs.values.imagePullPolicy).toBe("Always");
  expect(named(resources, "istio-base").inputs.values).toEqual({ base: { validationFailurePolicy: "Fail" } });
});

describe("where a chart comes from", () => {
  const version = "1.31.1";
  test.each([
    ["https://charts.example/istio", { chart: "istiod", version, repositoryOpts: { repo: "https://charts.example/istio" } }],
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
