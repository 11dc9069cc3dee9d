import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openWarning, rulesFor, securityRule } from "../../../components/cluster/azure/rules";
import type { OpenToWorld } from "../../../components/cluster/azure/settings";
import { inputProblems } from "../../support/azure-types";

const admins = { adminCidrs: ["198.51.100.7/32"], traineeCidrs: ["203.0.113.0/24"], openToWorld: [] as OpenToWorld[] };

test("every rule of a seat", () => {
  expect(rulesFor(admins)).toEqual([
    { name: "kiali", priority: 200, ports: ["31602"], sources: ["203.0.113.0/24"] },
    { name: "gateway", priority: 210, ports: ["80", "443"], sources: ["203.0.113.0/24"] },
    { name: "kubernetes", priority: 300, ports: ["6443"], sources: ["198.51.100.7/32"] },
  ]);
});

test("SSH has a rule only where a key is given, for admins alone", () => {
  expect(rulesFor({ ...admins, ssh: { publicKey: "ssh-ed25519 x" } }).slice(3)).toEqual([
    { name: "ssh", priority: 310, ports: ["22"], sources: ["198.51.100.7/32"] },
  ]);
});

const anyNetwork = fc.integer({ min: 1, max: 223 }).map((first) => `${first}.0.0.0/8`);
const anySettings = fc.record({
  adminCidrs: fc.array(anyNetwork, { minLength: 1, maxLength: 5 }),
  traineeCidrs: fc.array(anyNetwork, { minLength: 1, maxLength: 5 }),
  openToWorld: fc.subarray<OpenToWorld>(["kiali", "gateway"]),
  ssh: fc.option(fc.constant({ publicKey: "ssh-ed25519 x" }), { nil: undefined }),
});

describe("for any settings", () => {
  const property = (check: (settings: typeof anySettings extends fc.Arbitrary<infer T> ? T : never) => void) =>
    fc.assert(fc.property(anySettings, check));
  const open = ["*", "Internet", "Any", "0.0.0.0/0"];

  test("no source is open without its key, and API and SSH never are", () => {
    property((settings) => {
      for (const rule of rulesFor(settings)) {
        const { sourceAddressPrefix, sourceAddressPrefixes } = securityRule(rule) as {
          sourceAddressPrefix?: string;
          sourceAddressPrefixes?: string[];
        };
        const isOpen =
          open.includes(sourceAddressPrefix!) || (sourceAddressPrefixes ?? []).some((prefix) => open.includes(prefix));
        expect(isOpen, rule.name).toBe(settings.openToWorld.includes(rule.name as OpenToWorld));
        expect(sourceAddressPrefix === undefined ? sourceAddressPrefixes!.length : 1).toBeGreaterThan(0);
      }
    });
  });

  test("each port is opened by one rule, to trainees what is theirs, and no priority is used twice", () => {
    property((settings) => {
      const rules = rulesFor(settings);
      expect(rules.flatMap(({ ports }) => ports).sort()).toEqual(
        ["31602", "443", "6443", "80", ...(settings.ssh ? ["22"] : [])].sort(),
      );
      expect(new Set(rules.map(({ priority }) => priority)).size).toBe(rules.length);
      const network = (text: string) => Number(text.split(".")[0]);
      for (const { name, sources } of rules.filter(({ sources }) => sources !== "Internet")) {
        const list = ["kubernetes", "ssh"].includes(name) ? settings.adminCidrs : settings.traineeCidrs;
        for (const cidr of list)
          expect(
            (sources as string[]).some((source) => network(source) <= network(cidr)),
            `${name} ${cidr}`,
          ).toBe(true);
        for (const source of sources as string[])
          expect(
            list.some((cidr) => network(cidr) >= network(source)),
            `${name} ${source}`,
          ).toBe(true);
      }
    });
  });

  test("a warning is given exactly when something is open to the world, and names it", () => {
    property((settings) => {
      const text = openWarning(settings) ?? "";
      expect([text.includes("Kiali (port 31602)"), text.includes("the gateway (ports 80 and 443)")]).toEqual([
        settings.openToWorld.includes("kiali"),
        settings.openToWorld.includes("gateway"),
      ]);
    });
  });
});

test.each([[[]], [["kiali"]], [["kiali", "gateway"]]] as [OpenToWorld[]][])(
  "Azure's types know each rule of a seat that opens %j",
  (openToWorld) => {
    const inputs = {
      resourceGroupName: "g",
      securityRules: rulesFor({ ...admins, openToWorld, ssh: { publicKey: "x" } }).map(securityRule),
    };
    expect(inputProblems("azure-native:network:NetworkSecurityGroup", inputs)).toEqual([]);
  },
);

test("a rule as Azure gets it", () => {
  expect(securityRule(rulesFor(admins)[1]!)).toEqual({
    name: "gateway",
    priority: 210,
    direction: "Inbound",
    access: "Allow",
    protocol: "Tcp",
    sourcePortRange: "*",
    sourceAddressPrefixes: ["203.0.113.0/24"],
    destinationAddressPrefix: "*",
    destinationPortRanges: ["80", "443"],
  });
});
