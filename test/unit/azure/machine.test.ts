import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keepersOf, machineInputs, type Keepers } from "../../../components/cluster/azure/machine";
import type { AzureSettings } from "../../../components/cluster/azure/settings";
import { kinds } from "../../engine/azure/plugin/azure-kinds";
import { azure } from "./config";

const { replaces, fixed } = kinds["azure-native:compute:VirtualMachine"]!;
/** What Azure cannot change of a VM; the name, which it cannot either, ends in the generation's id. */
const fixedPaths = [...replaces!, ...fixed!];

const node = { name: "server-1a2b3c4d", nic: "nic-id", vmSize: "Standard_D4s_v5", sshKey: "ssh-rsa made" };
const inputsOf = (keepers: Keepers, own = node) => machineInputs(keepers, own) as Record<string, unknown>;
const at = (inputs: unknown, path: string) => path.split(".").reduce<any>((value, key) => value?.[key], inputs);
const fixedOf = (inputs: unknown) => fixedPaths.map((path) => at(inputs, path));

const anySettings = fc
  .record({
    location: fc.constantFrom("westeurope", "northeurope"),
    vmSize: fc.constantFrom("Standard_D4s_v5", "Standard_E8s_v5"),
    nodes: fc.integer({ min: 1, max: 3 }),
    spot: fc.boolean(),
    ssh: fc.constantFrom(
      undefined,
      { publicKey: `ssh-ed25519 ${"A".repeat(68)}` },
      { publicKey: `ssh-ed25519 ${"B".repeat(68)}` },
    ),
    k3s: fc.record({
      version: fc.constantFrom("v1.34.12+k3s1", "v1.33.1+k3s1"),
      sha256: fc.constantFrom("a".repeat(64), "b".repeat(64)),
    }),
    dnsLabel: fc.constantFrom(undefined, "my-class"),
    owner: fc.constantFrom(undefined, "Ana"),
    autoShutdown: fc.constantFrom(false, { time: "18:00", timezone: "UTC" }),
    openToWorld: fc.subarray(["kiali", "gateway"]),
  })
  .map((changes) => JSON.parse(JSON.stringify(changes)) as Record<string, unknown>);
/** Two settings that differ in one key at most: two of any kind differ in a fixed input nearly always. */
const anyTwo = fc.tuple(anySettings, anySettings, fc.nat()).map(([one, other, place]) => {
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  const key = keys[place % keys.length]!;
  return [azure(one), azure(JSON.parse(JSON.stringify({ ...one, [key]: other[key] })))] as const;
});

const sameKeepers = (one: AzureSettings, other: AzureSettings) =>
  JSON.stringify(keepersOf(one)) === JSON.stringify(keepersOf(other));

test("every input that Azure cannot change of a VM is a keeper of the generation, and no keeper is anything else", () => {
  fc.assert(
    fc.property(anyTwo, (two) => {
      const keepers = two.map(keepersOf);
      const inputs = two.map(({ vmSize }, index) => fixedOf(inputsOf(keepers[index]!, { ...node, vmSize })));
      const isSame = ([one, other]: readonly unknown[]) => JSON.stringify(one) === JSON.stringify(other);
      expect(isSame(keepers)).toBe(isSame(inputs));
    }),
  );
});

describe("each keeper", () => {
  const keepers = keepersOf(azure());

  test.each(Object.keys(keepers) as (keyof Keepers)[])("%s changes something that Azure cannot change", (key) => {
    const other = { ...keepers, [key]: key === "image" ? "a:b:c:d" : key === "disk" ? "Premium_LRS:64" : "another" };
    expect(fixedOf(inputsOf(other))).not.toEqual(fixedOf(inputsOf(keepers)));
  });
});

test("another text of a run command runs in place, on the VM that is there", () => {
  const { path, replaces = [], fixed = [] } = kinds["azure-native:compute:VirtualMachineRunCommandByVirtualMachine"]!;
  expect([...path, ...replaces, ...fixed].sort()).toEqual([
    "location",
    "resourceGroupName",
    "runCommandName",
    "vmName",
  ]);
});

test("of a node's own, size and interface can be changed in place; name and made key follow the generation", () => {
  const keepers = keepersOf(azure());
  expect(fixedOf(inputsOf(keepers, { ...node, nic: "other", vmSize: "Standard_E8s_v5" }))).toEqual(
    fixedOf(inputsOf(keepers)),
  );
  expect(inputsOf(keepers, { ...node, name: "server-ffffffff" }).vmName).toBe("server-ffffffff");
});

test.each([
  [{ nodes: 3 }, true],
  [{ owner: "Ana", expiry: "2026-12-31" }, true],
  [{ traineeCidrs: ["192.0.2.0/24"] }, true],
  [{ dnsLabel: "my-class" }, true],
  [{ autoShutdown: false }, true],
  [{ vmSize: "Standard_E8s_v5" }, true],
  [{ spot: true }, false],
  [{ location: "northeurope" }, false],
  [{ k3s: { sha256: "f".repeat(64) } }, false],
  [{ ssh: { publicKey: `ssh-ed25519 ${"A".repeat(68)}` } }, false],
])("a change of %j leaves the cluster: %s", (change, stays) => expect(sameKeepers(azure(), azure(change))).toBe(stays));
