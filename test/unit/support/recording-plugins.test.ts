import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plain, type Bag } from "../../../embedded/provider/wire";
import { Cloud } from "../../engine/azure/cloud";
import { azureNative } from "../../engine/azure/plugin/azure-native";
import { random } from "../../engine/azure/plugin/random";
import type { Plugin } from "../../engine/azure/plugin/server";
import { tls } from "../../engine/azure/plugin/tls";

/** What the engine's test of the azure target leans on: the stand-ins refuse what Azure refuses, and make keys and certificates that are real. */
let cloud: Cloud;
beforeAll(() => {
  cloud = new Cloud(fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-cloud-")));
});
afterAll(() => fs.rmSync(cloud.folder, { recursive: true }));

describe("azure-native", () => {
  const place = { resourceGroupName: "group", location: "westeurope" };
  const machine = {
    ...place,
    vmName: "server",
    priority: "Regular",
    hardwareProfile: { vmSize: "Standard_D4s_v5" },
    osProfile: { customData: "YQ==" },
  };
  const [VM, NIC, COMMAND] = [
    "compute:VirtualMachine",
    "network:NetworkInterface",
    "compute:VirtualMachineRunCommandByVirtualMachine",
  ].map((kind) => `azure-native:${kind}`) as [string, string, string];
  let azure: Plugin;
  let nic: string;
  let vm: { id: string; outputs: Bag; inputs: Bag };
  beforeAll(async () => {
    azure = azureNative(cloud);
    await azure.create("azure-native:resources:ResourceGroup", place);
    nic = (await azure.create(NIC, { ...place, networkInterfaceName: "nic" })).id;
    const inputs = { ...machine, networkProfile: { networkInterfaces: [{ id: nic }] } };
    vm = { ...(await azure.create(VM, inputs)), inputs };
  });
  const update = (changed: Bag) => azure.update(VM, vm.id, vm.outputs, { ...vm.inputs, ...changed });

  it("changes a size in place, and keeps the machine's identity", async () => {
    const { outputs } = await update({ hardwareProfile: { vmSize: "Standard_D8s_v5" } });
    expect(outputs).toMatchObject({ vmId: vm.outputs.vmId, hardwareProfile: { vmSize: "Standard_D8s_v5" } });
    await update({});
  });

  it.each([
    ["custom data", { osProfile: { customData: "Yg==" } }],
    ["a priority", { priority: "Spot" }],
    ["zones", { zones: ["1"] }],
  ])("refuses to change %s", async (_, changed) => {
    expect(azure.replaces(VM, Object.keys(changed)[0]!)).toBe(false);
    await expect(update(changed)).rejects.toThrow(/PropertyChangeNotAllowed/);
  });

  it("replaces what has another name or place", () => {
    for (const input of ["vmName", "location", "resourceGroupName"]) expect(azure.replaces(VM, input)).toBe(true);
    expect(azure.replaces("azure-native:network:PublicIPAddress", "sku.name")).toBe(true);
    expect(azure.replaces("azure-native:network:PublicIPAddress", "dnsSettings.domainNameLabel")).toBe(false);
  });

  it("does not give custom data back", () => {
    expect(JSON.stringify(cloud.all())).not.toContain("YQ==");
  });

  it("refuses what is there, what is not there, what is in use, and a run command on a machine that is shut down", async () => {
    await expect(azure.create(VM, vm.inputs)).rejects.toThrow(/already existing/);
    await expect(
      azure.create(NIC, { ...place, resourceGroupName: "other", networkInterfaceName: "nic" }),
    ).rejects.toThrow(/NotFound/);
    await expect(azure.delete(NIC, nic, {})).rejects.toThrow(/InUse/);
    const command = `${vm.id}/runCommands/ready`;
    cloud.put(command, { token: COMMAND, body: {}, outputs: {} });
    cloud.put(vm.id, { ...cloud.find(vm.id)!, stopped: true });
    await expect(azure.delete(COMMAND, command, {})).rejects.toThrow(/not running/);
  });

  it("keeps a run command whose script failed, and runs no body twice, as Azure's handler", async () => {
    cloud.put(vm.id, { ...cloud.find(vm.id)!, stopped: undefined });
    cloud.remove(`${vm.id}/runCommands/ready`);
    const command = (...parameters: Bag[]) => ({
      ...place,
      vmName: "server",
      runCommandName: "ready",
      source: { script: "true" },
      parameters,
    });
    const { id } = { id: `${vm.id}/runCommands/ready` };
    cloud.fault = "it failed";
    await expect(azure.create(COMMAND, command())).rejects.toMatchObject({
      id,
      properties: { provisioningState: "Failed" },
      message: expect.stringContaining("it failed"),
    });
    cloud.fault = undefined;
    await expect(azure.update(COMMAND, id, {}, command())).rejects.toMatchObject({
      properties: { provisioningState: "Failed" },
      message: expect.stringContaining("already been processed, will not run again"),
    });
    // That one is run: no server is there whose authority the token could name.
    await expect(azure.update(COMMAND, id, {}, command({ name: "ATTEMPT", value: "2" }))).rejects.toThrow(
      /cannot join/,
    );
  });

  it("takes a group away with all that is in it", async () => {
    await azure.delete("azure-native:resources:ResourceGroup", vm.id.split("/providers/")[0]!, {});
    expect(cloud.all()).toEqual({});
  });
});

it("tls makes an authority and a certificate that it signed, and keeps the keys for the search", async () => {
  const make = async (token: string, inputs: Bag): Promise<Bag> =>
    plain((await tls(cloud).create(`tls:index/${token}`, inputs)).outputs) as Bag;
  const newKey = () => make("privateKey:PrivateKey", { algorithm: "ECDSA", ecdsaCurve: "P256" });
  const [authorityKey, key] = [await newKey(), await newKey()];
  const uses = { validityPeriodHours: 24, allowedUses: ["cert_signing", "client_auth"] };
  const authority = await make("selfSignedCert:SelfSignedCert", {
    ...uses,
    privateKeyPem: authorityKey.privateKeyPem,
    isCaCertificate: true,
    subject: { commonName: "authority" },
  });
  const request = await make("certRequest:CertRequest", {
    privateKeyPem: key.privateKeyPem,
    subject: { commonName: "admin", organization: "system:masters" },
  });
  const signing = {
    certRequestPem: request.certRequestPem,
    caPrivateKeyPem: authorityKey.privateKeyPem,
    caCertPem: authority.certPem,
  };
  const signed = new X509Certificate(
    (await make("locallySignedCert:LocallySignedCert", { ...uses, ...signing })).certPem,
  );
  expect(signed.checkIssued(new X509Certificate(authority.certPem))).toBe(true);
  expect(signed.verify(new X509Certificate(authority.certPem).publicKey)).toBe(true);
  expect(signed.toLegacyObject().subject).toMatchObject({ CN: "admin", O: "system:masters" });
  expect(new X509Certificate(authority.certPem).ca).toBe(true);
  expect(cloud.secrets()).toEqual(expect.arrayContaining([authorityKey.privateKeyPem, key.privateKeyPem]));
});

it("random makes values of the length and the letters that are asked for", async () => {
  const text = plain(
    (await random(cloud).create("random:index/randomString:RandomString", { length: 40, special: false, upper: false }))
      .outputs,
  ) as Bag;
  expect(text.result).toMatch(/^[a-z0-9]{40}$/);
  const id = await random(cloud).create("random:index/randomId:RandomId", { byteLength: 4 });
  expect(id.outputs.hex).toMatch(/^[0-9a-f]{8}$/);
  expect(Buffer.from(id.id, "base64url").toString("hex")).toBe(id.outputs.hex);
});
