import { describe, expect, it } from "vitest";
import { inputProblems, outputNames, secretOutputs } from "../../support/azure-types";

/** What the mocks and the recording plugins of the azure target rely on. */
describe("the types of the SDKs", () => {
  const vm = {
    resourceGroupName: "group",
    vmName: "vm",
    hardwareProfile: { vmSize: "Standard_D4s_v5" },
    priority: "Spot",
    zones: ["1"],
    tags: { owner: "trainer" },
  };
  const token = "azure-native:compute:VirtualMachine";

  it("have nothing against inputs that are right, with secrets and with what is not known yet", () => {
    expect(inputProblems(token, vm)).toEqual([]);
    const marks = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
    expect(
      inputProblems("tls:index/certRequest:CertRequest", {
        privateKeyPem: { ...marks, value: "PEM" },
        subject: { commonName: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" },
      }),
    ).toEqual([]);
    expect(
      inputProblems("random:index/randomId:RandomId", { byteLength: 4, keepers: { region: "westeurope" } }),
    ).toEqual([]);
  });

  const wrong: [title: string, token: string, inputs: Record<string, unknown>, says: RegExp][] = [
    ["a token of no SDK", "aws:ec2/instance:Instance", {}, /no SDK aws/],
    ["a token that its SDK lacks", "azure-native:compute:VirtualMachines", {}, /no such resource/],
    ["a token in another module", "azure-native:network:VirtualMachine", {}, /no such resource/],
    ["a property", token, { ...vm, spot: true }, /VirtualMachine\.spot: .*no such property/],
    [
      "a property further down",
      token,
      { ...vm, osProfile: { linuxConfiguration: { ssh: { publicKeys: [{ key: "x" }] } } } },
      /publicKeys\[0\]\.key: .*they have keyData, path/,
    ],
    ["one that is missing", token, { vmName: "vm" }, /VirtualMachine\.resourceGroupName: is missing/],
    ["a text for a list", token, { ...vm, zones: "1" }, /zones: "1" is not a list/],
    ["a number for a text", token, { ...vm, tags: { owner: 1 } }, /tags\.owner: 1 is not a text/],
    [
      "a value that the SDK does not know",
      token,
      { ...vm, priority: "spot" },
      /priority: "spot" is not one of Regular, Low, Spot/,
    ],
    [
      "a secret of another type",
      "tls:index/certRequest:CertRequest",
      { privateKeyPem: { "4dabf18193072939515e22adb298388d": "x", value: 1 } },
      /privateKeyPem: 1 is not a text/,
    ],
  ];
  it.each(wrong)("name %s", (_, token, inputs, says) => {
    expect(inputProblems(token, inputs)).toEqual([expect.stringMatching(says)]);
  });

  it("name outputs, and which are secret", () => {
    expect(outputNames("azure-native:network:PublicIPAddress")).toEqual(
      expect.arrayContaining(["ipAddress", "dnsSettings", "tags"]),
    );
    expect(secretOutputs("tls:index/privateKey:PrivateKey").sort()).toEqual([
      "privateKeyOpenssh",
      "privateKeyPem",
      "privateKeyPemPkcs8",
    ]);
    expect(secretOutputs("random:index/randomPassword:RandomPassword").sort()).toEqual(["bcryptHash", "result"]);
    expect(() => outputNames("random:index/randomBits:RandomBits")).toThrow(/no such resource/);
  });
});
