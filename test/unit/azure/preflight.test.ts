import { describe, expect, test } from "vitest";
import { AzError, type Az } from "../../../cli/targets/azure/az";
import { machinesOf } from "../../../cli/targets/azure/machines";
import { startMachines } from "../../../cli/targets/azure/start";
import { evaluate } from "../../../cli/targets/azure/preflight";
import { otherSizes, sizeProblem } from "../../../components/cluster/azure/size";
import type { PriceList } from "../../../cli/targets/azure/price-list";
import { here, shutdownTime, usable, type Here } from "../../../cli/targets/azure/shutdown";
import type { Finding } from "../../../cli/preflight/finding";
import { azure } from "./config";
import { defaultK3s } from "../../../versions";

const usage = (value: string, currentValue: number | string, limit: number | string) => ({
  name: { value },
  currentValue,
  limit,
});
const sku = {
  name: "Standard_D4s_v5",
  family: "standardDSv5Family",
  capabilities: Object.entries({
    vCPUs: "4",
    MemoryGB: "16",
    HyperVGenerations: "V1,V2",
    CpuArchitectureType: "x64",
    LowPriorityCapable: "True",
  }).map(([name, value]) => ({ name, value })),
  restrictions: [],
};
const registered = ["Microsoft.Compute", "microsoft.network", "Microsoft.DevTestLab"].map((name) => ({
  name,
  state: "Registered",
}));

/** A subscription in which everything is as it should be, by the command that shows it. The CLI prints numbers as text. */
const fine: Record<string, unknown> = {
  "account show": { id: "0", name: "Course", user: { name: "trainer@example.com" } },
  "provider list": registered,
  "vm list-skus": [{ ...sku, name: "Standard_D4s_v50" }, sku],
  "vm list-usage": [
    usage("cores", "8", "20"),
    usage("standardDSv5Family", "0", "10"),
    usage("lowPriorityCores", "0", "3"),
  ],
  "network list-usages": [usage("PublicIPAddresses", 1, 10), usage("StandardSkuPublicIpAddresses", 1, 10)],
  "rest --method": { available: true },
  "vm show": { name: "server-1a2b3c4d", powerState: "VM running" },
};

/** An `az` that answers so, and writes down what it was asked. */
function cli(changes: Record<string, unknown> = {}, asked: string[][] = []): Az {
  return {
    async ask(args) {
      asked.push([...args]);
      const key = args.slice(0, 2).join(" ");
      const answer = { ...fine, ...changes }[key];
      if (answer === undefined) throw new Error(`az was asked ${args.join(" ")}`);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

/** Standard time on both sides of the ocean. */
const at: Here = { now: new Date("2026-12-01T12:00:00Z"), zone: "Europe/Zagreb" };
const own = [{ id: "/vm/server", vmSize: "Standard_D4s_v5" }];
const look = (settings = {}, changes = {}, machines: typeof own = []) =>
  evaluate(azure(settings), "seat7", machines, cli(changes), at);
const found = (findings: Finding[], name: string) => findings.find((one) => one.name === name);

test("every line of a seat that can be made", async () => {
  expect(await look({ nodes: 2 })).toEqual([
    {
      name: "names",
      status: "ok",
      seen: "resource group istio-lab-seat7-??????, istio-lab-seat7-??????.westeurope.cloudapp.azure.com (?: random, drawn once)",
    },
    { name: "Kubernetes API", status: "ok", seen: "6443 from 198.51.100.7/32" },
    { name: "gateway, Kiali", status: "ok", seen: "80, 443 and 31602 from 203.0.113.0/24" },
    { name: "k3s", status: "ok", seen: `${defaultK3s.version}, SHA-256 ${defaultK3s.sha256.slice(0, 12)}…` },
    { name: "shutdown", status: "ok", seen: "each day at 19:00 UTC (20:00 in Europe/Zagreb)" },
    {
      name: "price",
      status: "notice",
      seen: "2 × Standard_D4s_v5: unknown, azure.prices is not set",
      todo: "look it up (https://azure.microsoft.com/pricing/calculator) and put it there, with the day",
    },
    { name: "subscription", status: "ok", seen: "Course (0), by the login trainer@example.com" },
    {
      name: "resource providers",
      status: "ok",
      seen: "Microsoft.Compute, Microsoft.Network, Microsoft.DevTestLab are registered",
    },
    { name: "VM size", status: "ok", seen: "Standard_D4s_v5 in westeurope: 4 vCPUs, 16 GB" },
    { name: "vCPUs of westeurope", status: "ok", seen: "8 of 20 used, 8 more needed" },
    { name: "vCPUs of standardDSv5Family", status: "ok", seen: "0 of 10 used, 8 more needed" },
    { name: "public addresses of westeurope", status: "ok", seen: "1 of 10 used, 2 more needed" },
    { name: "standard addresses of westeurope", status: "ok", seen: "1 of 10 used, 2 more needed" },
  ]);
});

describe("without a login", () => {
  test.each([
    ["cli", "the Azure CLI (az) is not installed here", "to have this checked, install it and log in: az login"],
    ["login", "ERROR: Please run 'az login' to setup account.", "to have this checked: az login"],
  ] as const)("(%s) the subscription is a notice, and nothing more is asked", async (missing, message, todo) => {
    const asked: string[][] = [];
    const findings = await evaluate(
      azure(),
      "seat7",
      [],
      cli({ "account show": new AzError(missing, message) }, asked),
    );
    expect(findings.at(-1)).toEqual({
      name: "subscription",
      status: "notice",
      seen: `not checked (providers, size, vCPUs, addresses, power): ${message}`,
      todo,
    });
    expect(findings.map(({ status }) => status)).not.toContain("refused");
    expect(asked).toHaveLength(1);
  });

  test("another error is nobody's notice", async () => {
    await expect(look({}, { "vm list-usage": new TypeError("x") })).rejects.toThrow(TypeError);
  });
});

describe("a quota that does not suffice is refused, by its name and numbers", () => {
  const todo =
    "ask for more (portal: Quotas), take seats down, or choose another azure.location, azure.vmSize or azure.nodes";

  test.each([
    [{ nodes: 4 }, "vCPUs of westeurope", "8 of 20 used, 16 more needed"],
    [{ nodes: 3 }, "vCPUs of standardDSv5Family", "0 of 10 used, 12 more needed"],
    [{ nodes: 10 }, "public addresses of westeurope", "1 of 10 used, 10 more needed"],
    [{ spot: true }, "spot vCPUs of westeurope", "0 of 3 used, 4 more needed"],
  ])("%j: %s", async (settings, name, seen) =>
    expect(found(await look(settings), name)).toEqual({ name, status: "refused", seen, todo }),
  );

  test("the quota of standard addresses is known by both its names", async () => {
    const named = {
      "network list-usages": [usage("PublicIPAddresses", 1, 10), usage("IPv4StandardSkuPublicIpAddresses", 10, 10)],
    };
    expect(found(await look({}, named), "standard addresses of westeurope")).toEqual({
      name: "standard addresses of westeurope",
      status: "refused",
      seen: "10 of 10 used, 1 more needed",
      todo,
    });
    const none = found(await look({}, { "network list-usages": [] }), "standard addresses of westeurope");
    expect(none).toMatchObject({
      status: "notice",
      seen: "Azure shows no quota StandardSkuPublicIpAddresses or IPv4StandardSkuPublicIpAddresses; 1 more are needed",
    });
  });

  test("VMs that the stack has already are not needed again", async () => {
    expect(found(await look({ nodes: 4 }, {}, own), "vCPUs of westeurope")).toMatchObject({
      status: "ok",
      seen: "8 of 20 used, 12 more needed",
    });
  });

  test("spot VMs count for the spot quota alone", async () => {
    const names = (await look({ spot: true })).map(({ name }) => name);
    expect(names.filter((name) => name.includes("vCPUs"))).toEqual(["spot vCPUs of westeurope"]);
  });

  test("a quota that Azure does not show is a notice", async () => {
    expect(found(await look({}, { "vm list-usage": [] }), "vCPUs of westeurope")).toEqual({
      name: "vCPUs of westeurope",
      status: "notice",
      seen: "Azure shows no quota cores; 4 more are needed",
    });
  });
});

describe("the size", () => {
  const withCapability = (name: string, value: string) => [
    { ...sku, capabilities: [...sku.capabilities.filter((one) => one.name !== name), { name, value }] },
  ];

  test.each([
    [
      "is not in the region",
      [{ ...sku, name: "Standard_D4s_v50" }],
      "Standard_D4s_v5 is not available in region westeurope",
    ],
    [
      "is closed",
      [{ ...sku, restrictions: [{ type: "Location", reasonCode: "NotAvailableForSubscription" }] }],
      "Standard_D4s_v5 in westeurope is closed to this subscription: NotAvailableForSubscription",
    ],
    ["is too small", withCapability("MemoryGB", "7"), "Standard_D4s_v5 has 7 GB of memory, and a seat needs 8"],
    [
      "is of generation 1",
      withCapability("HyperVGenerations", "V1"),
      "Standard_D4s_v5 has no generation 2, which trusted launch needs",
    ],
    ["has no trusted launch", withCapability("TrustedLaunchDisabled", "True"), "Standard_D4s_v5 has no trusted launch"],
    [
      "is of another processor",
      withCapability("CpuArchitectureType", "Arm64"),
      "Standard_D4s_v5 has no x86-64 processor",
    ],
  ])("%s", async (_what, skus, seen) =>
    expect(found(await look({}, { "vm list-skus": skus }), "VM size")).toMatchObject({ status: "refused", seen }),
  );

  test("is refused with others to try, each of which a seat can have", async () => {
    const { todo } = found(await look({}, { "vm list-skus": [] }), "VM size")!;
    for (const size of otherSizes) {
      expect(todo).toContain(size);
      expect(sizeProblem(size, { spot: false })).toBeUndefined();
    }
  });

  test("has spot VMs where those are wanted", async () => {
    const skus = withCapability("LowPriorityCapable", "False");
    expect(found(await look({ spot: true }, { "vm list-skus": skus }), "VM size")).toMatchObject({
      status: "refused",
      seen: "Standard_D4s_v5 has no spot VMs",
    });
    expect(found(await look({}, { "vm list-skus": skus }), "VM size")).toMatchObject({ status: "ok" });
  });

  test("closed in a zone alone is no matter: a seat names no zone", async () => {
    const skus = [{ ...sku, restrictions: [{ type: "Zone", reasonCode: "NotAvailableForSubscription" }] }];
    expect(found(await look({}, { "vm list-skus": skus }), "VM size")).toMatchObject({ status: "ok" });
  });
});

test("the release of k3s is named, and whose hash it has; that of an earlier default is a notice", async () => {
  const sha256 = "a".repeat(64);
  expect(found(await look({ k3s: { version: "v1.35.2+k3s1", sha256 } }), "k3s")).toEqual({
    name: "k3s",
    status: "ok",
    seen: "v1.35.2+k3s1, SHA-256 aaaaaaaaaaaa… of azure.k3s.sha256",
  });
  expect(found(await look({ k3s: { sha256 } }), "k3s")).toMatchObject({
    status: "notice",
    seen: expect.stringContaining("v1.34.12+k3s1, SHA-256 aaaaaaaaaaaa…: the default of an earlier release"),
    todo: expect.stringContaining("a new, empty cluster"),
  });
});

test("a resource provider that is not registered is a notice: the plugin registers it", async () => {
  expect(
    found(
      await look(
        {},
        { "provider list": [...registered.slice(0, 2), { name: "Microsoft.DevTestLab", state: "NotRegistered" }] },
      ),
      "resource providers",
    ),
  ).toEqual({
    name: "resource providers",
    status: "notice",
    seen: "not registered: Microsoft.DevTestLab. The first run that makes something registers them, which takes some minutes",
    todo: "if this login may not register them: az provider register --wait --namespace Microsoft.DevTestLab",
  });
});

test("a configured label is looked up once, before the seat has it", async () => {
  expect(found(await look({ dnsLabel: "my-class" }), "DNS label")).toEqual({
    name: "DNS label",
    status: "ok",
    seen: "my-class is free in westeurope",
  });
  expect(
    found(await look({ dnsLabel: "my-class" }, { "rest --method": { available: false } }), "DNS label"),
  ).toMatchObject({ status: "refused", seen: "my-class is taken in westeurope" });
  expect(found(await look({ dnsLabel: "my-class" }, {}, own), "DNS label")).toBeUndefined();
});

test("a seat that is open to the world is a notice", async () => {
  expect(found(await look({ openToWorld: ["kiali", "gateway"], traineeCidrs: undefined }), "gateway, Kiali")).toEqual({
    name: "gateway, Kiali",
    status: "notice",
    seen: "80, 443 and 31602 from nobody by name; azure.openToWorld opens kiali and gateway to the whole internet",
  });
});

test("the hour of the shutdown is shown by the clocks here; within a class' hours, or unknown, it is a notice", async () => {
  const finding = async (autoShutdown: unknown, here = at) =>
    found(await evaluate(azure({ autoShutdown }), "seat7", [], cli(), here), "shutdown")!;
  const newYork = { ...at, zone: "America/New_York" };
  expect(await finding(undefined, newYork)).toEqual({
    name: "shutdown",
    status: "notice",
    seen: "each day at 19:00 UTC (14:00 in America/New_York): within the hours of a class, 08:00 to 18:00, in America/New_York",
    todo: 'for a class there: azure.autoShutdown {"time": "19:00", "timezone": "America/New_York"}, or another evening hour',
  });
  expect(await finding({ time: "19:00", timezone: "America/New_York" }, newYork)).toEqual({
    name: "shutdown",
    status: "ok",
    seen: "each day at 19:00 America/New_York",
  });
  expect(await finding({ time: "12:00", timezone: "Eastern Standard Time" })).toMatchObject({
    status: "notice",
    seen: "each day at 12:00 Eastern Standard Time (18:00 in Europe/Zagreb): within the hours of a class, 08:00 to 18:00, in America/New_York",
  });
  expect(await finding({ time: "19:00", timezone: "Kamchatka Standard Time" })).toMatchObject({
    status: "notice",
    seen: expect.stringContaining("19:00 Kamchatka Standard Time; its local time is unknown"),
  });
  expect(await finding(false)).toMatchObject({
    status: "notice",
    seen: "none: the VMs run and cost money until the seat is taken down",
  });
});

test("a machine whose zone nobody knows reads UTC", () => {
  expect([undefined, "Etc/Unknown", "Nowhere/Land", "Europe/Zagreb"].map(usable)).toEqual([
    "UTC",
    "UTC",
    "UTC",
    "Europe/Zagreb",
  ]);
  expect(() => shutdownTime({ time: "19:00", timezone: "UTC" }, here())).not.toThrow();
});

test("the price is that of the table, with its day, or unknown", async () => {
  const prices = (perHour: object) => ({ nodes: 3, prices: { asOf: "2026-11-21", currency: "EUR", perHour } });
  expect(found(await look(prices({ Standard_D4s_v5: 0.25 })), "price")).toEqual({
    name: "price",
    status: "ok",
    seen: "3 × Standard_D4s_v5: 0.75 EUR an hour while they run, by azure.prices of 2026-11-21; disks and addresses come on top, also at night",
  });
  expect(found(await look(prices({ Standard_E8s_v5: 1 })), "price")).toMatchObject({
    status: "notice",
    seen: "3 × Standard_D4s_v5: unknown, azure.prices of 2026-11-21 lacks it",
  });
});

describe("Microsoft's price list, asked as", () => {
  const asked = async (list: PriceList | undefined, settings = {}) =>
    (await evaluate(azure({ nodes: 3, ...settings }), "seat7", [], cli(), at, list)).filter(
      ({ name }) => name === "price" || name === "clock",
    );

  test("a price is used where the config has none, and the clock is compared", async () => {
    const list: PriceList = async () => ({ perHour: 0.25, currency: "USD", ahead: 2 });
    expect(await asked(list)).toEqual([
      {
        name: "price",
        status: "ok",
        seen: "3 × Standard_D4s_v5: 0.75 USD an hour while they run, by Microsoft's public price list of today; disks and addresses come on top, also at night",
      },
      { name: "clock", status: "ok", seen: "this machine's and Microsoft's agree" },
    ]);
    const prices = { asOf: "2026-11-21", currency: "EUR", perHour: { Standard_D4s_v5: 1 } };
    expect((await asked(list, { prices }))[0]!.seen).toContain(
      "3.00 EUR an hour while they run, by azure.prices of 2026-11-21",
    );
  });

  test("a price stays unknown where the list does not answer, with the reason", async () => {
    expect(await asked(async () => ({ why: "Microsoft's price list does not answer (ENOTFOUND)" }))).toMatchObject([
      {
        name: "price",
        status: "notice",
        seen: "3 × Standard_D4s_v5: unknown, azure.prices is not set, and Microsoft's price list does not answer (ENOTFOUND)",
      },
      { name: "clock", status: "notice", seen: "not compared: Microsoft's price list gave no time" },
    ]);
  });

  test.each([
    [180, "ok", "agree"],
    [-180, "ok", "agree"],
    [360, "notice", "is 6 minutes ahead of Microsoft's: until the VM's clock"],
    [-3600, "notice", "is 60 minutes behind Microsoft's: until this machine"],
  ])("a time: a clock that is %i s ahead is %s", async (ahead, status, seen) => {
    expect((await asked(async () => ({ why: "none", ahead })))[1]).toMatchObject({
      name: "clock",
      status,
      seen: expect.stringContaining(seen),
    });
  });
});

test("VMs that are shut down refuse, with the command that starts them", async () => {
  const power = (powerState: string) => ({
    "vm show": [
      { name: "server-1a2b3c4d", powerState },
      { name: "agent-1-1a2b3c4d", powerState: "VM running" },
    ],
  });
  const two = [...own, { id: "/vm/agent", vmSize: "Standard_D4s_v5" }];
  expect(found(await look({}, power("VM deallocated"), two), "power")).toEqual({
    name: "power",
    status: "refused",
    seen: "server-1a2b3c4d: VM deallocated",
    todo: "npm run start -- --stack seat7",
  });
  const agentAsleep = {
    "vm show": [
      { name: "server-1a2b3c4d", powerState: "VM running" },
      { name: "agent-1-1a2b3c4d", powerState: "VM stopped" },
    ],
  };
  expect(found(await look({}, agentAsleep, two), "power")).toMatchObject({
    status: "refused",
    seen: "agent-1-1a2b3c4d: VM stopped",
  });
  expect(found(await look({}, power("VM running"), two), "power")).toEqual({
    name: "power",
    status: "ok",
    seen: "2 of 2 VMs run",
  });
});

describe("start", () => {
  test("starts exactly the VMs that the state knows", async () => {
    const asked: string[][] = [];
    const resources = [
      {
        urn: "",
        type: "azure-native:compute:VirtualMachine",
        id: "/vm/server",
        inputs: { hardwareProfile: { vmSize: "Standard_D4s_v5" } },
      },
      { urn: "", type: "azure-native:network:NetworkInterface", id: "/nic/server" },
    ];
    expect(machinesOf({ resources })).toEqual(own);
    expect(await startMachines("seat7", machinesOf({ resources }), cli({ "vm start": [] }, asked))).toBe(
      "1 VM of stack seat7 started in",
    );
    expect(asked).toEqual([["vm", "start", "--ids", "/vm/server"]]);
  });

  test("names other sizes where Azure has no room for the VMs now", async () => {
    const full = cli({
      "vm start": new AzError(
        "answer",
        "Message: Allocation failed. We do not have sufficient capacity for the requested VM size in this region.",
      ),
    });
    await expect(startMachines("seat7", own, full)).rejects.toThrow(
      "Try again later, or set another azure.vmSize, such as Standard_D4as_v5, Standard_D4ds_v5, Standard_E4s_v5: `npm run up -- --stack seat7` changes it in place.",
    );
  });

  test("says what is missing", async () => {
    await expect(startMachines("seat7", [], cli())).rejects.toThrow(
      "Stack seat7 has no VM yet. Make the seat with `npm run up -- --stack seat7`.",
    );
    const refused = cli({ "vm start": new AzError("cli", "the Azure CLI (az) is not installed here") });
    await expect(startMachines("seat7", own, refused)).rejects.toThrow(
      "were not started: the Azure CLI (az) is not installed here. Install it, or start the VMs in the portal.",
    );
  });
});
