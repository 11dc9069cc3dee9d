import * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, test } from "vitest";
import { named, type Registered } from "./graph";
import { config, runProgram, valueOf } from "./program";

let resources: Registered[];

beforeAll(async () => {
  ({ resources } = await runProgram(config({ embedded: { addressRange: "10.231.7.4/30" } })));
});

const withoutCode = ({ inputs: { __provider, ...inputs } }: Registered) => inputs;

test("whatever makes a new cluster is a keeper of the generation", () => {
  const { __provider, generation, sidecars, addons, ...machine } = named(resources, "seat-machine").inputs;
  expect(withoutCode(named(resources, "seat-generation"))).toEqual({ seat: "seat7", keepers: machine });
  expect(machine).toEqual({ seat: "seat7", addressRange: "10.231.7.4/30" });
});

test("the machine is named after the stack, is of this generation, and its kubeconfig is a secret", () => {
  const machine = named(resources, "seat-machine");
  expect(machine.inputs).toMatchObject({ seat: "seat7", generation: "seat-generation-id" });
  expect(machine.secretOutputs).toEqual(["kubeconfig"]);
});

test("an address range is asked for only when it is configured", async () => {
  const { resources } = await runProgram();
  expect(withoutCode(named(resources, "seat-machine"))).toEqual({
    seat: "seat7",
    generation: "seat-generation-id",
    sidecars: 15,
    addons: ["kiali", "prometheus", "grafana", "jaeger"],
  });
});

test("how many sidecars there will be is told to the machine alone, so that other lessons are no other cluster", async () => {
  const { resources } = await runProgram(config({ lessons: ["blog"] }));
  expect(named(resources, "seat-machine").inputs.sidecars).toBe(4);
  expect(named(resources, "seat-generation").inputs.keepers).toEqual({ seat: "seat7" });
  expect(named(resources, "seat").inputs).toEqual({ seat: "seat7", serviceType: "NodePort" });
});

test("which addons' images it needs is told to the machine and to the power, so that another addon is no other cluster", async () => {
  const { resources } = await runProgram(config({ addons: ["prometheus"] }));
  for (const name of ["seat-machine", "seat-power"])
    expect(named(resources, name).inputs.addons, name).toEqual(["prometheus"]);
  expect(named(resources, "seat-generation").inputs.keepers).toEqual({ seat: "seat7" });
  expect(named(resources, "seat").inputs).toEqual({ seat: "seat7", serviceType: "NodePort" });
});

test("the provider knows the cluster by its generation, and comes after the machine and its start", () => {
  const provider = named(resources, "seat-kubernetes");
  expect(provider.inputs).toEqual({
    kubeconfig: "KUBECONFIG",
    clusterIdentifier: "seat-generation-id",
    enablePatchForce: "true",
    enableConfigMapMutable: "true",
    upsertExistingObjects: "true",
  });
  expect(provider.dependsOn).toEqual(["seat-generation", "seat-machine", "seat-power"]);
});

test("the code kept in the state names the module and the export, and holds nothing of this machine or of the module", () => {
  for (const [name, exported] of [
    ["seat-generation", "generation"],
    ["seat-machine", "machine"],
    ["seat-power", "power"],
  ] as const) {
    const code: string = named(resources, name).inputs.__provider;
    expect(code).toContain(`{"file":"components/cluster/embedded-operations.ts","exported":"${exported}"}`);
    expect(code).not.toContain(process.cwd());
    expect(code).not.toMatch(/seatStatus|createSeat|randomUUID/);
    expect(code.length).toBeLessThan(1_000);
  }
});

test("how the gateway is reached makes no new cluster", async () => {
  const { resources: forwarded } = await runProgram(
    config({ embedded: { addressRange: "10.231.7.4/30", serviceType: "ClusterIP" } }),
  );
  for (const name of ["seat-generation", "seat-machine", "seat-power", "seat-kubernetes"])
    expect(named(forwarded, name)).toEqual(named(resources, name));
});

test.each([
  [
    "NodePort",
    {
      GATEWAY_URL: "http://10.231.0.2:31380",
      INGRESS_HOST: "10.231.0.2",
      INGRESS_PORT: 31380,
      SECURE_INGRESS_PORT: 31390,
    },
  ],
  [
    "ClusterIP",
    { GATEWAY_URL: "http://localhost:8080", INGRESS_HOST: "localhost", INGRESS_PORT: 8080, SECURE_INGRESS_PORT: 8443 },
  ],
])("with %s the gateway is reached where the outputs say", async (serviceType, expected) => {
  const { outputs } = await runProgram(config({ lessons: [], addons: [], embedded: { serviceType } }));
  for (const [key, value] of Object.entries(expected))
    expect((await valueOf(outputs[key as keyof typeof outputs] as pulumi.Output<unknown>)).value, key).toBe(value);
});
