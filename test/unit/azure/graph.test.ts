import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { counts, named, type Registered } from "../components/graph";
import { runProgram, valueOf } from "../components/program";
import { required } from "./config";

const run = (azure: Record<string, unknown> = {}) =>
  runProgram({ target: "azure", lessons: [], addons: [], azure: { ...required, ...azure } });
const isOnAzure = ({ type }: Registered) => type.startsWith("azure-native:");

type Ran = Awaited<ReturnType<typeof run>>;

const ownKey = `ssh-ed25519 ${"A".repeat(68)}`;

/** A seat of two nodes by the defaults, and one with everything chosen. */
let resources: Registered[];
let outputs: Ran["outputs"];
let chosen: Ran;
let warned: unknown[][];

beforeAll(async () => {
  const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
  ({ resources, outputs } = await run({ nodes: 2 }));
  expect(warn).not.toHaveBeenCalled();
  const ssh = { publicKey: ownKey };
  chosen = await run({
    spot: true,
    ssh,
    dnsLabel: "my-class",
    autoShutdown: false,
    owner: "Ana",
    expiry: "2026-12-31",
    openToWorld: ["kiali"],
    vmSize: "Standard_E8s_v5",
  });
  warned = warn.mock.calls;
});

const inputs = (name: string) => named(resources, name).inputs;
const chosenInputs = (name: string) => named(chosen.resources, name).inputs;

test("exactly these resources make a seat of two nodes", () => {
  expect(counts(resources.filter(({ type, parent }) => parent === "seat" && !type.startsWith("kubernetes:")))).toEqual({
    "random:index/randomString:RandomString": 1,
    "random:index/randomId:RandomId": 1,
    "random:index/randomPassword:RandomPassword": 2,
    "tls:index/privateKey:PrivateKey": 4,
    "tls:index/selfSignedCert:SelfSignedCert": 2,
    "tls:index/certRequest:CertRequest": 1,
    "tls:index/locallySignedCert:LocallySignedCert": 1,
    "azure-native:resources:ResourceGroup": 1,
    "azure-native:network:NetworkSecurityGroup": 1,
    "azure-native:network:VirtualNetwork": 1,
    "azure-native:network:Subnet": 1,
    "azure-native:network:PublicIPAddress": 2,
    "azure-native:network:NetworkInterface": 2,
    "azure-native:compute:VirtualMachine": 2,
    "azure-native:compute:VirtualMachineRunCommandByVirtualMachine": 2,
    "azure-native:devtestlab:GlobalSchedule": 2,
    "pulumi-nodejs:dynamic/cluster:Reachable": 1,
    "pulumi:providers:kubernetes": 1,
  });
});

test("all of Azure goes with the resource group, and a run command with its VM", () => {
  for (const { name, deletedWith } of resources.filter(isOnAzure)) {
    expect(deletedWith, name).toBe(
      name === "seat-group" ? undefined : name.endsWith("-ready") ? name.replace("-ready", "") : "seat-group",
    );
  }
});

test("everything is in the seat's group and region", () => {
  for (const { name, type, inputs, dependsOn } of resources.filter(isOnAzure)) {
    expect(inputs.resourceGroupName, name).toBe("istio-lab-seat7-k4x9zq");
    if (type !== "azure-native:network:Subnet") expect(inputs.location, name).toBe("westeurope");
    if (name !== "seat-group")
      expect(dependsOn, name).toContain(
        name === "seat-subnet" ? "seat-network" : name.endsWith("-ready") ? name.replace("-ready", "") : "seat-group",
      );
  }
});

describe("tags", () => {
  // A subnet takes none, and a run command would run again for one.
  const tagged = (all: Registered[]) => all.filter((one) => isOnAzure(one) && !/Subnet|RunCommand/.test(one.type));

  test("name the seat on everything that takes tags", () => {
    for (const { name, inputs } of tagged(resources))
      expect(inputs.tags, name).toEqual({ project: "istio-lab", seat: "seat7" });
    for (const { name, inputs } of resources.filter(({ name }) => name.endsWith("-ready")))
      expect(inputs, name).not.toHaveProperty("tags");
  });

  test("have owner and expiry when those are given", () => {
    for (const { inputs } of tagged(chosen.resources))
      expect(inputs.tags).toEqual({ project: "istio-lab", seat: "seat7", owner: "Ana", expiry: "2026-12-31" });
  });
});

describe("the network", () => {
  test("has one subnet, behind the security group, without Azure's own way out", () => {
    expect(inputs("seat-subnet")).toMatchObject({
      networkSecurityGroup: { id: "seat-firewall-id" },
      defaultOutboundAccess: false,
      addressPrefix: "10.77.0.0/24",
    });
    expect(inputs("seat-network").addressSpace).toEqual({ addressPrefixes: ["10.77.0.0/24"] });
  });

  test("gives each node a static public address of its own, and the name to the control plane alone", () => {
    for (const node of ["server", "agent-1"]) {
      expect(inputs(`seat-${node}-ip`)).toMatchObject({
        sku: { name: "Standard" },
        publicIPAllocationMethod: "Static",
        publicIPAddressVersion: "IPv4",
      });
      expect(inputs(`seat-${node}-nic`).ipConfigurations[0]).toMatchObject({
        privateIPAddress: node === "server" ? "10.77.0.10" : "10.77.0.11",
        publicIPAddress: { id: `seat-${node}-ip-id` },
        subnet: { id: "seat-subnet-id" },
      });
    }
    expect(inputs("seat-server-ip").dnsSettings).toEqual({ domainNameLabel: "istio-lab-seat7-k4x9zq" });
    expect(inputs("seat-agent-1-ip").dnsSettings).toBeUndefined();
  });
});

describe("a VM", () => {
  test("is named by generation, is deleted before its successor is made, and leaves its interface", () => {
    for (const node of ["server", "agent-1"]) {
      const { vmName, osProfile, networkProfile, storageProfile } = inputs(`seat-${node}`);
      expect({ vmName, computerName: osProfile.computerName }).toEqual({
        vmName: `${node}-1a2b3c4d`,
        computerName: `${node}-1a2b3c4d`,
      });
      expect(networkProfile.networkInterfaces).toEqual([
        { id: `seat-${node}-nic-id`, primary: true, deleteOption: "Detach" },
      ]);
      expect(storageProfile.osDisk.deleteOption).toBe("Delete");
    }
    // Both would have the one interface. Nothing else of Azure is taken away before there is another.
    expect(
      resources
        .filter(({ deleteBeforeReplace }) => deleteBeforeReplace)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["seat-agent-1", "seat-server"]);
  });

  test("boots what is signed alone, and has its disk's secrets kept", () => {
    for (const node of ["server", "agent-1"])
      expect(inputs(`seat-${node}`).securityProfile).toEqual({
        securityType: "TrustedLaunch",
        uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
      });
  });

  test("takes a login only by key; where SSH is off by one that nobody is shown", () => {
    const login = (key: string) => ({
      linuxConfiguration: { disablePasswordAuthentication: true, ssh: { publicKeys: [{ keyData: key }] } },
    });
    expect(inputs("seat-server").osProfile).toMatchObject(login("ssh-rsa seat-login-key"));
    expect(chosenInputs("seat-server").osProfile).toMatchObject(login(ownKey));
    expect(chosen.resources.filter(({ name }) => name === "seat-login-key")).toEqual([]);
  });

  test("has the size of the config", () => {
    expect(
      [inputs("seat-server"), chosenInputs("seat-server")].map(({ hardwareProfile }) => hardwareProfile.vmSize),
    ).toEqual(["Standard_D4s_v5", "Standard_E8s_v5"]);
  });

  test("of a spot price is deallocated when it is taken away, and costs no more than a regular one", () => {
    expect(chosenInputs("seat-server")).toMatchObject({
      priority: "Spot",
      evictionPolicy: "Deallocate",
      billingProfile: { maxPrice: -1 },
    });
    expect(inputs("seat-server")).not.toHaveProperty("evictionPolicy");
  });

  test("is shut down by Windows' name of the zone, which is all that Azure takes", async () => {
    const zone = async (timezone: string) =>
      named((await run({ autoShutdown: { time: "18:30", timezone } })).resources, "seat-server-shutdown").inputs;
    expect(await zone("America/New_York")).toMatchObject({
      timeZoneId: "Eastern Standard Time",
      dailyRecurrence: { time: "1830" },
    });
    expect(await zone("W. Europe Standard Time")).toMatchObject({ timeZoneId: "W. Europe Standard Time" });
  });

  test("is shut down at the hour of the config, and not at all where that is off", () => {
    expect(inputs("seat-agent-1-shutdown")).toMatchObject({
      name: "shutdown-computevm-agent-1-1a2b3c4d",
      targetResourceId: "seat-agent-1-id",
      status: "Enabled",
      taskType: "ComputeVmShutdownTask",
      dailyRecurrence: { time: "1900" },
      timeZoneId: "UTC",
    });
    expect(chosen.resources.filter(({ type }) => type.includes("GlobalSchedule"))).toEqual([]);
  });
});

describe("credentials", () => {
  const names = [
    "server-ca-key",
    "server-ca",
    "client-ca-key",
    "client-ca",
    "admin-key",
    "admin-request",
    "admin",
    "server-token",
    "agent-token",
    "login-key",
  ];

  test.each(names)("%s is made anew with the generation", (name) => {
    expect(named(resources, `seat-${name}`).replacementTrigger).toBe("seat-generation-id");
  });

  test("the admin is signed by the clients' authority, may do everything, and is renewed in its last month", () => {
    expect(inputs("seat-admin-request").subject).toEqual({
      commonName: "istio-lab-admin",
      organization: "system:masters",
    });
    expect(inputs("seat-admin")).toMatchObject({
      caCertPem: "CERTIFICATE seat-client-ca\n",
      allowedUses: ["digital_signature", "client_auth"],
      earlyRenewalHours: 720,
    });
  });

  test("no input of any resource has a secret in clear", () => {
    const clear = (value: unknown): string[] => {
      if (typeof value === "string") return [value, Buffer.from(value, "base64").toString()];
      if (typeof value !== "object" || value === null) return [];
      return "secret" in value && Object.keys(value).length === 1 ? [] : Object.values(value).flatMap(clear);
    };
    for (const { name, inputs } of resources)
      expect(
        clear(inputs).filter((text) => text.includes("SECRET")),
        name,
      ).toEqual([]);
  });

  test("the secrets are handed over where they are needed, as secrets", () => {
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    const handed = (name: string) =>
      Object.fromEntries(inputs(name).protectedParameters.map((one: any) => [one.name, one.value.secret]));
    expect(handed("seat-server-ready")).toEqual({
      SERVER_CA_CERT: base64("CERTIFICATE seat-server-ca\n"),
      SERVER_CA_KEY: base64("SECRET seat-server-ca-key"),
      CLIENT_CA_CERT: base64("CERTIFICATE seat-client-ca\n"),
      CLIENT_CA_KEY: base64("SECRET seat-client-ca-key"),
      SERVER_TOKEN: "SECRET seat-server-token",
      AGENT_TOKEN: "SECRET seat-agent-token",
    });
    expect(handed("seat-agent-1-ready").JOIN_TOKEN).toMatch(/^K10[0-9a-f]{64}::node:SECRET seat-agent-token$/);
    expect(Object.keys(handed("seat-agent-1-ready"))).toEqual(["JOIN_TOKEN"]);
  });

  test.each(["seat-server-ready", "seat-agent-1-ready"])(
    "the script of %s writes each secret to a file that root alone may read, and nowhere else",
    (name) => {
      const { source, protectedParameters } = inputs(name);
      const lines: string[] = source.script.split("\n");
      // A certificate is no secret: whoever connects is shown it.
      const secrets = protectedParameters.map((one: any) => one.name).filter((key: string) => !key.endsWith("_CERT"));
      expect(secrets.length).toBeGreaterThan(0);
      for (const secret of secrets) {
        const uses = lines.filter(
          (line) => new RegExp(`\\$\\{?${secret}\\b`).test(line) && !/^: ("\$\{\w+:\?\}" ?)+$/.test(line),
        );
        expect(uses, secret).toHaveLength(1);
        expect(uses[0], secret).toMatch(/^put \S+ 0600 (decode|printf '[^']*') /);
      }
      // What is not yet in its place has no other rights either.
      expect(lines.indexOf("umask 077")).toBeLessThan(lines.findIndex((line) => line.includes("mktemp")));
      expect(lines.filter((line) => /\bumask\b/.test(line))).toEqual(["umask 077"]);
      expect(lines.filter((line) => line.includes("set -") || line.includes("set +"))).toContain("set -euo pipefail");
      expect(
        lines.filter((line) => /set [-+]\w*x|set \+/.test(line)),
        "no trace prints a secret",
      ).toEqual([]);
      expect(lines.filter((line) => /^\s*chmod /.test(line))).toEqual(['  chmod "$mode" "$new"']);
      expect(lines.filter((line) => /^install .*\$tls/.test(line)).every((line) => line.includes("--mode 0700"))).toBe(
        true,
      );
    },
  );

  test("the authorities last for the seat's life, the admin for a year, and no token can be guessed", () => {
    for (const name of ["seat-server-ca", "seat-client-ca"])
      expect(inputs(name), name).toMatchObject({
        isCaCertificate: true,
        validityPeriodHours: 87600,
        allowedUses: expect.arrayContaining(["cert_signing"]),
      });
    expect(inputs("seat-admin").validityPeriodHours).toBe(8760);
    for (const name of ["seat-server-token", "seat-agent-token"])
      expect(inputs(name).length, name).toBeGreaterThanOrEqual(32);
    expect(inputs("seat-suffix")).toMatchObject({ special: false, upper: false, keepers: { location: "westeurope" } });
  });
});

describe("order", () => {
  test("nothing of Kubernetes comes before the API was reached, and that not before the control plane is ready", () => {
    expect(named(resources, "seat-kubernetes").dependsOn).toContain("seat-reachable");
    expect(named(resources, "seat-reachable").dependsOn).toEqual(
      expect.arrayContaining(["seat-server-ready", "seat-subnet"]),
    );
    expect(named(resources, "seat-server-ready").dependsOn).toContain("seat-server");
  });

  test("a further node is not waited for", () => {
    const waiting = resources.filter(({ dependsOn }) => dependsOn.some((name) => name.startsWith("seat-agent-1")));
    expect(waiting.map(({ name }) => name).sort()).toEqual([
      "seat-agent-1",
      "seat-agent-1-nic",
      "seat-agent-1-ready",
      "seat-agent-1-shutdown",
    ]);
  });
});

test("the readiness gate fails the deployment when the script fails", () => {
  for (const node of ["server", "agent-1"]) {
    expect(inputs(`seat-${node}-ready`)).toMatchObject({
      asyncExecution: false,
      treatFailureAsDeploymentFailure: true,
      timeoutInSeconds: 900,
    });
    // The engine waits longer than the script may run, so that the script has the last word.
    expect(named(resources, `seat-${node}-ready`).customTimeouts).toEqual({ create: "25m", update: "25m" });
  }
});

test("the provider knows the cluster by its generation and goes with it", () => {
  const { inputs, deletedWith } = named(resources, "seat-kubernetes");
  expect(deletedWith).toBe("seat-generation");
  expect(inputs).toMatchObject({
    clusterIdentifier: "seat-generation-id",
    enablePatchForce: "true",
    enableConfigMapMutable: "true",
    upsertExistingObjects: "true",
  });
  expect(inputs.kubeconfig.secret).toContain(
    "server: https://istio-lab-seat7-k4x9zq.westeurope.cloudapp.azure.com:6443",
  );
});

describe("outputs", () => {
  const values = async (made: typeof outputs) => ({
    url: (await valueOf(made.GATEWAY_URL)).value,
    ports: [(await valueOf(made.INGRESS_PORT as any)).value, (await valueOf(made.SECURE_INGRESS_PORT as any)).value],
    secret: (await valueOf(made.kubeconfig)).secret,
  });

  test("use the name, and the kubeconfig is a secret", async () => {
    expect(await values(outputs)).toEqual({
      url: "http://istio-lab-seat7-k4x9zq.westeurope.cloudapp.azure.com:80",
      ports: [80, 443],
      secret: true,
    });
  });

  test("use the name of the config, which leaves the group's as it is", async () => {
    expect((await values(chosen.outputs)).url).toBe("http://my-class.westeurope.cloudapp.azure.com:80");
    expect(chosenInputs("seat-server-ip").dnsSettings).toEqual({ domainNameLabel: "my-class" });
    expect(chosenInputs("seat-group").resourceGroupName).toBe("istio-lab-seat7-k4x9zq");
  });
});

test("a seat that is open to the world says so in preview", () => {
  expect(warned.map(([text]) => text)).toEqual([
    "azure.openToWorld: Kiali (port 31602) can be reached from the whole internet.",
  ]);
});
