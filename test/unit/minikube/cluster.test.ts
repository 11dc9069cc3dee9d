import type * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { counts, named, type Registered } from "../components/graph";
import { runProgram, valueOf } from "../components/program";
import { stackFile } from "../config/stack-files";

type Outputs = Awaited<ReturnType<typeof runProgram>>["outputs"];
let resources: Registered[];
let outputs: Outputs;

const config = (minikube: object = {}) => ({ target: "minikube", lessons: [], minikube });
const withoutCode = ({ inputs: { __provider, ...inputs } }: Registered) => inputs;

beforeAll(async () => {
  ({ resources, outputs } = await runProgram(config({ driver: "docker" })));
});

test("whatever makes a new cluster is a keeper of the generation: every setting there is, and the profile's name", () => {
  const { __provider, generation, defaults, ...profile } = named(resources, "seat-profile").inputs;
  expect(defaults).toEqual(["cpus", "memory"]); // no keeper: a default that is written down makes no new cluster
  expect(profile).toEqual({
    profile: "istio-lab-seat7",
    driver: "docker",
    cpus: 4,
    memory: 8192,
    kubernetesVersion: "1.33.1",
  });
  expect(withoutCode(named(resources, "seat-generation"))).toEqual({ profile: "istio-lab-seat7", keepers: profile });
});

test("a profile that is named is that one", async () => {
  const { resources } = await runProgram(config({ profile: "course" }));
  for (const name of ["seat-generation", "seat-profile", "seat-endpoint"])
    expect(named(resources, name).inputs.profile).toBe("course");
});

test("the profile is of this generation, the endpoint comes after it and its kubeconfig is a secret", () => {
  expect(named(resources, "seat-profile").inputs.generation).toBe("seat-generation-id");
  const endpoint = named(resources, "seat-endpoint");
  expect(withoutCode(endpoint)).toEqual({ profile: "istio-lab-seat7", generation: "seat-generation-id" });
  expect(endpoint.dependsOn).toEqual(["seat-generation", "seat-power", "seat-profile"]);
  expect(withoutCode(named(resources, "seat-power"))).toEqual({
    profile: "istio-lab-seat7",
    generation: "seat-generation-id",
  });
  expect(named(resources, "seat-power").dependsOn).toEqual(["seat-generation", "seat-profile"]);
  expect(endpoint.secretOutputs).toEqual(["kubeconfig"]);
});

test("the provider knows the cluster by its generation and goes with it, and so does every object", () => {
  const provider = named(resources, "seat-kubernetes");
  expect(provider.inputs).toEqual({
    kubeconfig: "KUBECONFIG",
    clusterIdentifier: "seat-generation-id",
    enablePatchForce: "true",
    enableConfigMapMutable: "true",
    upsertExistingObjects: "true",
  });
  expect(provider.dependsOn).toEqual(["seat-endpoint", "seat-generation"]);
  expect(provider.deletedWith).toBe("seat-generation");
  const objects = resources.filter(({ type }) => type.startsWith("kubernetes:"));
  expect(objects.length).toBeGreaterThan(5);
  for (const object of objects)
    expect(object, object.name).toMatchObject({
      provider: "seat-kubernetes",
      deletedWith: "seat-generation",
      replacementTrigger: "seat-generation-id",
    });
});

test("the cluster is a generation, a profile, its power, an endpoint and a provider", () => {
  const own = resources.filter(({ parent, type }) => parent === "seat" || type === "istio-lab:cluster:Minikube");
  expect(counts(own)).toEqual({
    "istio-lab:cluster:Minikube": 1,
    "pulumi-nodejs:dynamic/cluster:Generation": 1,
    "pulumi-nodejs:dynamic/cluster:Profile": 1,
    "pulumi-nodejs:dynamic/cluster:Power": 1,
    "pulumi-nodejs:dynamic/cluster:Endpoint": 1,
    "pulumi:providers:kubernetes": 1,
  });
});

test("the code kept in the state names the module and the export, and holds nothing of this machine", () => {
  for (const [name, exported] of [
    ["seat-generation", "generation"],
    ["seat-profile", "profile"],
    ["seat-power", "power"],
    ["seat-endpoint", "endpoint"],
  ] as const) {
    const code: string = named(resources, name).inputs.__provider;
    expect(code).toContain(`{"file":"components/cluster/minikube-operations.ts","exported":"${exported}"}`);
    expect(code).not.toContain(process.cwd());
  }
});

test("the gateway is reached where the endpoint says, by node port", async () => {
  const expected = {
    GATEWAY_URL: "http://192.168.49.2:31380",
    INGRESS_HOST: "192.168.49.2",
    INGRESS_PORT: 31380,
    SECURE_INGRESS_PORT: 31390,
  };
  for (const [key, value] of Object.entries(expected))
    expect((await valueOf(outputs[key as keyof Outputs] as pulumi.Output<unknown>)).value, key).toBe(value);
  expect((await valueOf(outputs.kubeconfig)).secret).toBe(true);
  const service = resources.find(
    ({ type, inputs }) => type === "kubernetes:core/v1:Service" && inputs.metadata.name === "istio-ingressgateway",
  );
  expect(service?.inputs.spec).toMatchObject({
    type: "NodePort",
    ports: expect.arrayContaining([
      expect.objectContaining({ nodePort: 31380 }),
      expect.objectContaining({ nodePort: 31390 }),
    ]),
  });
});

test("the stack dev of the project is such a seat, and every key of its file is valid", async () => {
  const file = parse(readFileSync(stackFile("dev"), "utf8")) as { config: Record<string, unknown> };
  const settings = Object.fromEntries(
    Object.entries(file.config).map(([key, value]) => [key.replace(/^istio-lab:/, ""), value]),
  );
  expect(settings.target).toBe("minikube");
  const { resources } = await runProgram(settings);
  expect(resources.some(({ type }) => type === "pulumi-nodejs:dynamic/cluster:Profile")).toBe(true);
});
