import { rmSync } from "node:fs";
import * as path from "node:path";
import { RunError, type Output } from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { named, type Registered } from "../components/graph";
import { config, refusedProgram, runProgram, valueOf } from "../components/program";
import { newHome, writeKubeconfig } from "./kubeconfig";

let home: string;
let kubeconfig: string;
let resources: Registered[];
const existing = (changes: object = {}) => ({ target: "existing", existing: { kubeconfig, ...changes } });
/** Where it is not about what is in the mesh: Kiali has an address. */
const bare = (changes: object = {}) => ({ ...existing(changes), lessons: [], addons: ["kiali"] });
beforeAll(async () => {
  home = newHome();
  kubeconfig = writeKubeconfig(path.join(home, "config"), ["kind-lab", "work"], { current: "kind-lab" });
  ({ resources } = await runProgram(existing()));
});
afterAll(() => rmSync(home, { recursive: true }));

const kubernetes = () => resources.filter(({ type }) => type.startsWith("kubernetes:"));

test("the guard stands before everything in the cluster, with the one context and no plain kubeconfig", () => {
  const guard = named(resources, "seat-guard");
  const { __provider, kubeconfig: text, ...inputs } = guard.inputs;
  const amd64Only = [
    "docker.io/amrelhewy/service-mesh-temp-api:1.0",
    "docker.io/amrelhewy/service-mesh-temp-service:1.0",
  ];
  expect(inputs).toEqual({
    amd64Only,
    context: "kind-lab",
    serviceType: "NodePort",
    gatewayApi: false,
    seat: "seat-id-id",
    stack: "seat7",
    project: "istio-lab",
  });
  expect(text).toEqual({ secret: expect.stringContaining("token-of-kind-lab") });
  expect(text.secret).not.toContain("token-of-work");
  expect(guard.secretOutputs).toEqual(["kubeconfig"]);
  expect(named(resources, "seat-kubernetes").dependsOn).toContain("seat-guard");
  for (const { name, provider } of kubernetes()) expect(provider, name).toBe("seat-kubernetes");
});

test("the provider knows the cluster by its own id, forces what was changed by hand, and takes nothing over", () => {
  const { kubeconfig: text, ...inputs } = named(resources, "seat-kubernetes").inputs;
  expect(inputs).toEqual({
    clusterIdentifier: "seat-guard-id",
    enablePatchForce: "true",
    enableConfigMapMutable: "true",
  });
  expect(text).toEqual({ secret: expect.stringContaining("token-of-kind-lab") });
});

test("everything in the cluster is deleted one by one: the cluster is not the seat's to lose", () => {
  expect(kubernetes().length).toBeGreaterThan(60);
  for (const { name, deletedWith, replacementTrigger, retainOnDelete } of kubernetes()) {
    expect({ deletedWith, replacementTrigger, retainOnDelete }, name).toEqual({
      deletedWith: undefined,
      replacementTrigger: undefined,
      retainOnDelete: false,
    });
  }
});

const atGuard = { GATEWAY_URL: "http://172.18.0.3:31380", KIALI_URL: "http://172.18.0.3:31602", INGRESS_PORT: 31380 };
test.each<[object, object]>([
  [{}, { ...atGuard, INGRESS_HOST: "172.18.0.3", SECURE_INGRESS_PORT: 31390 }],
  [
    { host: "localhost", ports: { http: 8080, https: 8443, kiali: 20001 } },
    { GATEWAY_URL: "http://localhost:8080", KIALI_URL: "http://localhost:20001", SECURE_INGRESS_PORT: 8443 },
  ],
  [{ ports: { http: 8080 } }, { ...atGuard, GATEWAY_URL: "http://172.18.0.3:8080", INGRESS_PORT: 8080 }],
  [
    { host: "fd00:10::5" },
    { GATEWAY_URL: "http://[fd00:10::5]:31380", KIALI_URL: "http://[fd00:10::5]:31602", INGRESS_HOST: "[fd00:10::5]" },
  ],
  [
    { host: "lab.example.org", ports: { kiali: 20001 }, serviceType: "LoadBalancer" },
    { KIALI_URL: "http://lab.example.org:20001", INGRESS_PORT: 80, SECURE_INGRESS_PORT: 443 },
  ],
])("with %j users reach it where the outputs say", async (changes, expected) => {
  const { outputs } = await runProgram(bare(changes));
  for (const [key, value] of Object.entries(expected))
    expect((await valueOf(outputs[key as keyof typeof outputs] as Output<unknown>)).value, key).toBe(value);
});

test("the plan names context and server", () => {
  expect(named(resources, "seat").inputs).toEqual({
    context: "kind-lab",
    server: "https://kind-lab:6443",
    serviceType: "NodePort",
  });
});

test("mesh and lessons are those of the embedded target, to the letter", async () => {
  const restOf = (all: Registered[]) =>
    all
      .filter(({ name }) => !name.startsWith("seat"))
      .map(({ deletedWith, replacementTrigger, dependsOn, ...rest }) => rest)
      .sort((a, b) => a.name.localeCompare(b.name));
  expect(restOf(resources)).toEqual(restOf((await runProgram(config())).resources));
});

test("the kinds of the Gateway API outlive their release, as Istio's do: the guard takes them away when nobody uses them", async () => {
  const shared = await runProgram({ ...bare(), gatewayApi: true });
  expect(named(shared.resources, "istio-gateway-api").inputs.values).toEqual({ keep: true });
  expect(named(shared.resources, "seat-guard").inputs.gatewayApi).toBe(true);
  expect(
    named((await runProgram({ ...bare(), ...config({ gatewayApi: true }) })).resources, "istio-gateway-api").inputs
      .values,
  ).toEqual({});
});

describe("the gateway is reached", () => {
  test.each([
    [
      "NodePort",
      {
        GATEWAY_URL: "http://172.18.0.3:31380",
        INGRESS_HOST: "172.18.0.3",
        INGRESS_PORT: 31380,
        SECURE_INGRESS_PORT: 31390,
      },
    ],
    [
      "LoadBalancer",
      { GATEWAY_URL: "http://203.0.113.9:80", INGRESS_HOST: "203.0.113.9", INGRESS_PORT: 80, SECURE_INGRESS_PORT: 443 },
    ],
  ])("with %s where the outputs say", async (serviceType, expected) => {
    const { outputs, resources } = await runProgram(bare({ serviceType }));
    for (const [key, value] of Object.entries(expected))
      expect((await valueOf(outputs[key as keyof typeof outputs] as Output<unknown>)).value, key).toBe(value);
    const { spec, metadata } = named(resources, "front-service").inputs;
    expect(spec.type).toBe(serviceType);
    expect(metadata.annotations).toEqual(
      serviceType === "NodePort" ? { "pulumi.com/skipAwait": "true" } : { "pulumi.com/timeoutSeconds": "300" },
    );
  });

  test("with the annotations that the config gives the Service before the gateway, beside the program's own", async () => {
    const internal = { "service.beta.kubernetes.io/azure-load-balancer-internal": "true" };
    const { resources } = await runProgram(bare({ serviceType: "LoadBalancer", serviceAnnotations: internal }));
    expect(named(resources, "front-service").inputs.metadata.annotations).toEqual({
      ...internal,
      "pulumi.com/timeoutSeconds": "300",
    });
  });

  test("and the kubeconfig that is given out is secret", async () => {
    const { outputs } = await runProgram(bare());
    const { value, secret } = await valueOf(outputs.kubeconfig);
    expect(secret).toBe(true);
    expect(value).toContain("token-of-kind-lab");
  });
});

test("an unknown context is refused before any resource, by a text alone", async () => {
  const { resources, error } = await refusedProgram(existing({ context: "prod" }));
  expect(RunError.isInstance(error)).toBe(true);
  expect((error as Error).message).toBe(
    `istio-lab:existing.context: ${kubeconfig} has no context "prod"; there are kind-lab, work`,
  );
  expect(resources).toEqual([]);
});
