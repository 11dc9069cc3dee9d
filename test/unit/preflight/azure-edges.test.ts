import { describe, expect, test } from "vitest";
import { costFinding } from "../../../cli/targets/azure/cost";
import { quotaFindings, quotaFindingsOf } from "../../../cli/targets/azure/quota";
import { sizeFinding, type Sku } from "../../../cli/targets/azure/size";
import { providersFinding } from "../../../cli/targets/azure/preflight";

const usage = (value: string, currentValue: number | string, limit: number | string) => ({
  name: { value },
  currentValue,
  limit,
});
const right = {
  vCPUs: "4",
  MemoryGB: "8",
  HyperVGenerations: "V1,V2",
  TrustedLaunchDisabled: "False",
  CpuArchitectureType: "x64",
  LowPriorityCapable: "True",
};
const sku = (capabilities: object = {}, more: Partial<Sku> = {}): Sku => ({
  name: "Standard_D4s_v5",
  family: "standardDSv5Family",
  capabilities: Object.entries({ ...right, ...capabilities }).map(([name, value]) => ({
    name,
    value: value as string,
  })),
  ...more,
});
const seat = { location: "westeurope", vmSize: "Standard_D4s_v5", spot: false, nodes: 3 };
const statuses = (findings: { name: string; status: string; seen: string }[]) =>
  Object.fromEntries(findings.map(({ name, status, seen }) => [name, `${status}: ${seen}`]));

describe("a quota", () => {
  const addresses = [usage("PublicIPAddresses", 7, 10), usage("StandardSkuPublicIpAddresses", "6", "10")];
  const all = (cores: object[], own = 0, more: Partial<typeof seat> = {}) =>
    statuses(quotaFindings({ ...seat, ...more }, sku(), own, cores as never, addresses));

  test("that is used up exactly suffices, and one less does not", () => {
    expect(all([usage("cores", 8, 20), usage("standardDSv5Family", 0, 11)])).toEqual({
      "vCPUs of westeurope": "ok: 8 of 20 used, 12 more needed",
      "vCPUs of standardDSv5Family": "refused: 0 of 11 used, 12 more needed",
      "public addresses of westeurope": "ok: 7 of 10 used, 3 more needed",
      "standard addresses of westeurope": "ok: 6 of 10 used, 3 more needed",
    });
  });

  test("is found however Azure writes its name, and is a notice where Azure does not show it", () => {
    expect(all([usage("Cores", 0, 100), usage("STANDARDDSV5FAMILY", 0, 100)])["vCPUs of standardDSv5Family"]).toBe(
      "ok: 0 of 100 used, 12 more needed",
    );
    expect(all([usage("cores", 0, 100)])["vCPUs of standardDSv5Family"]).toBe(
      "notice: Azure shows no quota standardDSv5Family; 12 more are needed",
    );
  });

  test("counts no VM that the stack has, and none less where it has more than it wants", () => {
    const cores = [usage("cores", 20, 20), usage("standardDSv5Family", 0, 10)];
    expect(all(cores, 2)["vCPUs of westeurope"]).toBe("refused: 20 of 20 used, 4 more needed");
    for (const own of [3, 5])
      expect(all(cores, own)["vCPUs of westeurope"], String(own)).toBe("ok: 20 of 20 used, 0 more needed");
  });

  test("of spot VMs is their own, and no other's", () => {
    expect(Object.keys(all([usage("lowPriorityCores", 0, 12), usage("cores", 100, 100)], 0, { spot: true }))).toEqual([
      "spot vCPUs of westeurope",
      "public addresses of westeurope",
      "standard addresses of westeurope",
    ]);
  });

  test("of many seats adds them up, size by size", () => {
    const other = sku({ vCPUs: "8" }, { name: "Standard_E8s_v5", family: "standardESv5Family" });
    const wanted = [
      { vmSize: "Standard_D4s_v5", spot: false, sku: sku(), more: 2 },
      { vmSize: "Standard_E8s_v5", spot: false, sku: other, more: 1 },
      { vmSize: "Standard_D4s_v5", spot: true, sku: sku(), more: 1 },
      { vmSize: "Standard_D16s_v5", spot: false, sku: undefined, more: 1 },
    ];
    const cores = [
      usage("cores", 0, 100),
      usage("lowPriorityCores", 0, 3),
      usage("standardDSv5Family", 0, 8),
      usage("standardESv5Family", 0, 7),
    ];
    expect(statuses(quotaFindingsOf("westeurope", wanted, cores, addresses))).toMatchObject({
      "spot vCPUs of westeurope": "refused: 0 of 3 used, 4 more needed",
      "vCPUs of westeurope": "ok: 0 of 100 used, 32 more needed",
      "vCPUs of standardDSv5Family": "ok: 0 of 8 used, 8 more needed",
      "vCPUs of standardESv5Family": "refused: 0 of 7 used, 8 more needed",
      "public addresses of westeurope": "refused: 7 of 10 used, 5 more needed",
    });
  });
});

describe("a size", () => {
  const judge = (capabilities: object, more: Partial<Sku> = {}, spot = false) =>
    sizeFinding({ ...seat, spot }, sku(capabilities, more));

  test("with exactly what a seat needs is right", () => {
    expect(judge({})).toEqual({ name: "VM size", status: "ok", seen: "Standard_D4s_v5 in westeurope: 4 vCPUs, 8 GB" });
    expect(
      judge(
        { TrustedLaunchDisabled: undefined, CpuArchitectureType: undefined, LowPriorityCapable: undefined },
        {},
        true,
      ).status,
    ).toBe("ok");
    expect(judge({ LowPriorityCapable: "False" }).status).toBe("ok");
  });

  test.each<[object, string, boolean?]>([
    [{ vCPUs: "3" }, "3 vCPUs, and a seat needs 4"],
    [{ MemoryGB: "7.5" }, "7.5 GB of memory, and a seat needs 8"],
    [{ HyperVGenerations: "V1" }, "no generation 2"],
    [{ HyperVGenerations: undefined }, "no generation 2"],
    [{ TrustedLaunchDisabled: "True" }, "no trusted launch"],
    [{ CpuArchitectureType: "Arm64" }, "no x86-64 processor"],
    [{ LowPriorityCapable: "False" }, "no spot VMs", true],
  ])("with %j is refused: %s", (capabilities, words, spot = false) => {
    expect(judge(capabilities, {}, spot)).toMatchObject({ status: "refused", seen: expect.stringContaining(words) });
  });

  test("that is closed to the subscription is refused, whichever restriction says so", () => {
    const restrictions = [
      { type: "Zone", reasonCode: "NotAvailableForSubscription" },
      { type: "Location", reasonCode: "QuotaId" },
    ];
    expect(judge({}, { restrictions })).toMatchObject({
      status: "refused",
      seen: expect.stringContaining("closed to this subscription: QuotaId"),
    });
    expect(judge({}, { restrictions: restrictions.slice(0, 1) }).status).toBe("ok");
  });
});

describe("resource providers", () => {
  const wanted = ["Microsoft.Compute", "Microsoft.Network", "Microsoft.DevTestLab"];
  const registered = wanted.map((name) => ({ name, state: "Registered" }));

  test.each(wanted)("%s is a notice where it is not registered, or not yet", (name) => {
    expect(providersFinding(registered).status).toBe("ok");
    for (const state of ["NotRegistered", "Registering", "Unregistering"]) {
      const finding = providersFinding(registered.map((one) => (one.name === name ? { name, state } : one)));
      expect(finding).toMatchObject({
        status: "notice",
        seen: expect.stringContaining(`not registered: ${name}. `),
        todo: expect.stringContaining(`az provider register --wait --namespace ${name}`),
      });
    }
    expect(providersFinding(registered.filter((one) => one.name !== name)).status).toBe("notice");
  });
});

test("the price is for all nodes, and free is a price", () => {
  const prices = { asOf: "2026-01-01", currency: "EUR", perHour: { Standard_D4s_v5: 0.2, Standard_F4s: 0 } };
  expect(costFinding({ ...seat, prices }).seen).toContain("3 × Standard_D4s_v5: 0.60 EUR an hour");
  expect(costFinding({ ...seat, vmSize: "Standard_F4s", prices })).toMatchObject({
    status: "ok",
    seen: expect.stringContaining("0.00 EUR"),
  });
  expect(costFinding({ ...seat, vmSize: "Standard_E4s", prices })).toMatchObject({
    status: "notice",
    seen: expect.stringContaining("lacks it"),
  });
  expect(costFinding({ ...seat, spot: true, prices }).seen).toContain("(spot)");
});
