import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { counts } from "./graph";
import { config, refusedProgram, runProgram, valueOf } from "./program";

test("the stack's outputs are those of the design, and no other", async () => {
  const { outputs } = await runProgram();
  const { kubeconfig, lessons, ...rest } = outputs;
  const seen = Object.fromEntries(
    await Promise.all(
      Object.entries(rest).map(async ([key, output]) => [key, (await valueOf(output as pulumi.Output<unknown>)).value]),
    ),
  );
  expect(seen).toEqual({
    GATEWAY_URL: "http://10.231.0.2:31380",
    INGRESS_HOST: "10.231.0.2",
    INGRESS_PORT: 31380,
    SECURE_INGRESS_PORT: 31390,
    KIALI_URL: "http://10.231.0.2:31602",
    PROMETHEUS_URL: "http://localhost:9090",
    GRAFANA_URL: "http://localhost:3000",
    JAEGER_URL: "http://localhost:16686/jaeger",
  });
  expect(await valueOf(kubeconfig)).toEqual({ value: "KUBECONFIG", secret: true });
  expect((await valueOf(pulumi.output(lessons))).value).toEqual({
    backend: "http://echo-service.client",
    bookinfo: "http://10.231.0.2:31380/productpage",
    temperature: "http://10.231.0.2:31380/?from=Celsius&to=Kelvin&temperature=150",
    blog: "http://codewithmsmaxpro.me:31380/",
    admission: "kubectl get pvc myclaim -n admission",
  });
});

test("behind a ClusterIP the addresses are those of the course's port-forward", async () => {
  const { outputs } = await runProgram(config({ embedded: { serviceType: "ClusterIP" } }));
  const { GATEWAY_URL, INGRESS_HOST, INGRESS_PORT, SECURE_INGRESS_PORT } = outputs;
  const seen = await Promise.all(
    [GATEWAY_URL, INGRESS_HOST, INGRESS_PORT, SECURE_INGRESS_PORT].map(
      async (output) => (await valueOf(output as pulumi.Output<unknown>)).value,
    ),
  );
  expect(seen).toEqual(["http://localhost:8080", "localhost", 8080, 8443]);
  expect((await valueOf(pulumi.output(outputs.lessons))).value).toMatchObject({
    bookinfo: "http://localhost:8080/productpage",
    blog: "http://codewithmsmaxpro.me:8080/",
  });
});

test("no lesson and no addon is a mesh alone", async () => {
  const { resources, outputs } = await runProgram(config({ lessons: [], addons: [] }));
  expect(outputs.lessons).toEqual({});
  expect(counts(resources)).toEqual({
    "istio-lab:cluster:Embedded": 1,
    "pulumi-nodejs:dynamic/cluster:Generation": 1,
    "pulumi-nodejs:dynamic/cluster:Machine": 1,
    "pulumi-nodejs:dynamic/cluster:Power": 1,
    "pulumi:providers:kubernetes": 1,
    "istio-lab:mesh:Istio": 1,
    "istio-lab:mesh:Front": 1,
    "kubernetes:core/v1:Namespace": 2,
    "kubernetes:core/v1:Service": 1,
    "kubernetes:helm.sh/v3:Release": 3,
  });
});

test("a config with problems is refused before anything is registered", async () => {
  const { resources, error } = await refusedProgram(
    config({ target: "kind", canary: { reviews: { v1: 80, v3: 10 } } }),
  );
  expect(resources).toEqual([]);
  // Pulumi prints a RunError without a stack trace.
  expect(pulumi.RunError.isInstance(error)).toBe(true);
  expect((error as Error).message.split("\n")).toEqual([
    "2 problems in the config of this stack:",
    '  istio-lab:target: "kind" is not a target; valid: minikube, azure, existing, embedded',
    "  istio-lab:canary.reviews: v1 80 + v3 10 sum to 90; they must sum to 100",
  ]);
});
