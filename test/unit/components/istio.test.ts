import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { chartSource } from "../../../components/mesh/charts";
import { gatewayApiChart } from "../../../components/mesh/gateway-api-chart";
import { overlay } from "../../../components/mesh/values";
import { named } from "./graph";
import { config, runProgram } from "./program";

test("without the packaged kinds the Gateway API is refused, with what makes them", async () => {
  await runProgram(); // from then on Pulumi knows the stack's name
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
