import * as fs from "node:fs";
import * as path from "node:path";
import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectReadinessBeforeKubernetes, seat } from "./azure/expectations";
import { AzureLab } from "./azure/lab";
import { formsOf } from "./azure/secrets";
import { expectEverythingAlive } from "../support/live";

/**
 * The azure target through the real engine. azure-native, random and tls are recording plugins (test/engine/azure/README.md says what they show and
 * what not), a seat of this machine stands for the VM; Kubernetes, Istio and the gateway are what they are on every seat.
 */
describe("an Azure seat, on recording plugins", () => {
  let lab: AzureLab;
  beforeAll(async () => {
    lab = await AzureLab.create({
      ...seat,
      lessons: ["bookinfo"],
      addons: [],
      canary: { reviews: { v1: 50, v3: 50 } },
    });
  });
  afterAll(async () => lab?.remove());

  it("is previewed before there is anything, and nothing is made by it", async () => {
    const touched = await lab.previewed();
    expect(touched).toContain("create azure-native:compute:VirtualMachine seat-server");
    expect(touched).toContain("create kubernetes:core/v1:Service front-service");
    expect(touched.filter((line) => !line.startsWith("create "))).toEqual([]);
    expect(lab.cloud.all()).toEqual({});
  });

  it("keeps a run command whose script failed, and the next preview changes its body by the attempt alone", async () => {
    lab.cloud.fault = "k3s was not installed";
    const failed = await lab.recorded(() => lab.checkout.pulumiEnds("up", "--yes", "--skip-preview"));
    expect(failed.exitCode).not.toBe(0);
    expect(failed.all).toContain("k3s was not installed");
    const azure = failed.asked.filter(({ type }) => type.startsWith("azure-native:")).sort((a, b) => a.began - b.began);
    expect(azure[0]).toMatchObject({ name: "seat-group" });
    expect(azure.every(({ name, began }) => name === "seat-group" || began > azure[0]!.ended)).toBe(true);
    expect(failed.asked.filter(({ type }) => type.startsWith("kubernetes:"))).toEqual([]);
    lab.cloud.fault = undefined;
    const ready = "update azure-native:compute:VirtualMachineRunCommandByVirtualMachine seat-server-ready";
    expect(Object.entries(await lab.changes()).filter(([resource]) => !resource.startsWith("create "))).toEqual([
      [ready, ["parameters[1]"]],
    ]);
  });

  it("comes up by the second attempt to Istio and the gateway, which answers by the DNS name", async () => {
    const { asked } = await lab.up();
    expect(asked.filter(({ name }) => name === "seat-server-ready").map(({ call }) => call)).toEqual(["Update"]);
    expect(
      Object.values(lab.cloud.all()).find(({ token }) => token.endsWith("RunCommandByVirtualMachine"))!.body.parameters,
    ).toContainEqual({ name: "ATTEMPT", value: "2" });
    await expectEverythingAlive(lab.checkout);
    expect(await lab.checkout.output("GATEWAY_URL")).toMatch(
      /^http:\/\/[a-z][a-z0-9-]+\.westeurope\.cloudapp\.azure\.com:80$/,
    );
    expect(await lab.statusOf("/productpage")).toBe("200");
    expectReadinessBeforeKubernetes(asked);
  });

  it("runs with the authorities the program made, and has none of their keys in the clear", async () => {
    const served = new X509Certificate(fs.readFileSync(path.join(lab.server.seatFolder, "pki/apiserver.crt")));
    expect(served.checkHost(await lab.checkout.output("INGRESS_HOST"))).toBeTruthy();
    const authority = await outputsOf("tls:index/selfSignedCert:SelfSignedCert", "seat-server-ca");
    expect(served.verify(new X509Certificate(authority.certPem as string).publicKey)).toBe(true);

    const secrets = lab.cloud.secrets();
    expect(secrets.length).toBeGreaterThan(9);
    const forms = secrets.flatMap(formsOf);
    expect(forms.filter((form) => form.length < 20)).toEqual([]);
    const stored = lab.stateFiles();
    // That the files are searched as they are written: the authority's certificate, which is no secret, is found.
    expect(stored.some(({ text }) => text.includes((authority.certPem as string).split("\n")[2]!))).toBe(true);
    for (const { file, text } of stored)
      expect(
        forms.filter((form) => text.includes(form)),
        file,
      ).toEqual([]);
    // Azure is handed them as protected parameters alone, which it gives to nobody.
    expect(forms.filter((form) => JSON.stringify(lab.cloud.all()).includes(form))).toEqual([]);
  });

  it("has an empty preview", async () => {
    expect(await lab.previewed()).toEqual([]);
  });

  const each = (op: string, resources: string[], paths: string[]) =>
    Object.fromEntries(resources.map((resource) => [`${op} azure-native:${resource}`, paths]));
  /** What each change touches, and where: no path is of another change. */
  const changes: [keys: Record<string, unknown>, touched: Record<string, string[]>][] = [
    [
      { canary: { reviews: { v1: 80, v3: 20 } } },
      {
        "update kubernetes:networking.istio.io/v1:VirtualService bookinfo-reviews-routes-route": [
          "spec.http[0].route[0].weight",
          "spec.http[0].route[1].weight",
        ],
      },
    ],
    [
      { azure: { adminCidrs: ["198.51.100.0/25"] } },
      {
        "update azure-native:network:NetworkSecurityGroup seat-firewall": ["securityRules[2].sourceAddressPrefixes[0]"],
        // A dynamic resource's provider does not say where.
        "update pulumi-nodejs:dynamic/cluster:Reachable seat-reachable": [],
      },
    ],
    [
      { azure: { nodes: 2 } },
      each(
        "create",
        [
          "compute:VirtualMachine seat-agent-1",
          "compute:VirtualMachineRunCommandByVirtualMachine seat-agent-1-ready",
          "devtestlab:GlobalSchedule seat-agent-1-shutdown",
          "network:NetworkInterface seat-agent-1-nic",
          "network:PublicIPAddress seat-agent-1-ip",
        ],
        [],
      ),
    ],
    [
      { azure: { owner: "somebody" } },
      // The run command is none of them: a change of it is a run.
      each(
        "update",
        [
          "resources:ResourceGroup seat-group",
          "network:VirtualNetwork seat-network",
          "network:NetworkSecurityGroup seat-firewall",
          "network:PublicIPAddress seat-server-ip",
          "network:NetworkInterface seat-server-nic",
          "compute:VirtualMachine seat-server",
          "devtestlab:GlobalSchedule seat-server-shutdown",
        ],
        ["tags.owner"],
      ),
    ],
  ];

  it("a preview of a weight, a CIDR, one more node and a tag touches each where it is, and nothing else", async () => {
    for (const [keys] of changes) lab.configure(keys);
    const touched: Record<string, string[]> = {};
    for (const [, of] of changes)
      for (const [resource, paths] of Object.entries(of))
        touched[resource] = [...(touched[resource] ?? []), ...paths].sort();
    expect(await lab.changes()).toEqual(touched);
  });

  it("takes all of them at once, on the cluster it has", async () => {
    const { outputs, seat } = lab.server;
    const { asked } = await lab.up();
    expect(asked.filter(({ call }) => call === "Delete")).toEqual([]);
    expect(lab.server).toMatchObject({ seat, outputs: { vmId: outputs.vmId, tags: { owner: "somebody" } } });
    expect(
      await lab.checkout.kubectl("get", "virtualservice", "reviews", "-o", "jsonpath={.spec.http[0].route[*].weight}"),
    ).toBe("80 20");
    expect(JSON.stringify(firewall().body)).toContain('"198.51.100.0/25"');
    expect(Object.keys(lab.cloud.all()).filter((id) => /\/virtualMachines\/[^/]+$/.test(id))).toHaveLength(2);
  });

  it("sees at a refresh what somebody changed in the portal, and takes it back", async () => {
    const [id] = Object.entries(lab.cloud.all()).find(([, { token }]) => token.endsWith(":NetworkSecurityGroup"))!;
    const { body, ...kept } = firewall();
    const opened = JSON.parse(JSON.stringify(body).replace("198.51.100.0/25", "0.0.0.0/0")) as typeof body;
    lab.cloud.put(id, { ...kept, body: opened, outputs: { ...kept.outputs, securityRules: opened.securityRules } });
    const refresh = await lab.pulumi("refresh", "--yes", "--skip-preview");
    expect(refresh.all).toMatch(/seat-firewall updated/);
    lab.configure({ azure: { nodes: 1 } });
    const { asked } = await lab.up();
    expect(asked.filter(({ call }) => call === "Update").map(({ name }) => name)).toContain("seat-firewall");
    expect(JSON.stringify(firewall().body)).not.toContain("0.0.0.0/0");
    // The node that is one too many is gone with all that was its own, in an order that Azure allows.
    expect(Object.keys(lab.cloud.all()).filter((one) => one.includes("agent-1"))).toEqual([]);
  });

  it("is destroyed while its VM is shut down: one delete for Azure, and nobody asks Kubernetes", async () => {
    await lab.shutDown();
    const { asked } = await lab.recorded(() => lab.checkout.ok("down", "--stack", "azure"));
    expect(asked.filter(({ type }) => type.startsWith("kubernetes:"))).toEqual([]);
    expect(
      asked.filter(({ type }) => type.startsWith("azure-native:")).map(({ call, name }) => `${call} ${name}`),
    ).toEqual(["Delete seat-group"]);
    expect(lab.cloud.all()).toEqual({});
    expect(fs.readdirSync(lab.cloud.seats)).toEqual([]);
  });

  const firewall = () => Object.values(lab.cloud.all()).find(({ token }) => token.endsWith(":NetworkSecurityGroup"))!;

  async function outputsOf(type: string, name: string): Promise<Record<string, unknown>> {
    const { stdout } = await lab.checkout.pulumi("stack", "export");
    const { resources } = (
      JSON.parse(stdout) as {
        deployment: { resources: { urn: string; type: string; outputs: Record<string, unknown> }[] };
      }
    ).deployment;
    return resources.find((resource) => resource.type === type && resource.urn.endsWith(`::${name}`))!.outputs;
  }
});
