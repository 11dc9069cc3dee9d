import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { type Az, AzError } from "../../../../cli/targets/azure/az";
import { azureFindings, priceFindings } from "../../../../cli/targets/azure/class-preflight";
import type { PriceList } from "../../../../cli/targets/azure/price-list";
import { clusterFindings } from "../../../../cli/targets/existing/class-preflight";
import { required } from "../../azure/config";
import { seat, seats } from "../../class/preflight/facts";

const usage = (value: string, currentValue: number, limit: number) => ({
  name: { value },
  currentValue: String(currentValue),
  limit: String(limit),
});
const sku = (name: string, vCPUs: number, family: string) => ({
  name,
  family,
  capabilities: Object.entries({
    vCPUs: String(vCPUs),
    MemoryGB: "16",
    HyperVGenerations: "V1,V2",
    CpuArchitectureType: "x64",
  }).map(([name, value]) => ({ name, value })),
});

/** A subscription, as the stand-in of `az` answers for it. */
function subscription(cores: number, addresses: number, asked: string[][] = []): Az {
  const answers: Record<string, (args: readonly string[]) => unknown> = {
    "account show": () => ({ id: "0" }),
    "provider list": () =>
      ["Microsoft.Compute", "Microsoft.Network", "Microsoft.DevTestLab"].map((name) => ({ name, state: "Registered" })),
    "vm list-skus": (args) =>
      [
        sku("Standard_D4s_v5", 4, "standardDSv5Family"),
        sku("Standard_D8s_v5", 8, "standardDSv5Family"),
        sku("Standard_E4s_v5", 4, "standardESv5Family"),
      ].filter(({ name }) => args.includes(name)),
    "vm list-usage": () => [
      usage("cores", 8, cores),
      usage("standardDSv5Family", 8, cores),
      usage("standardESv5Family", 0, 10),
      usage("lowPriorityCores", 0, 3),
    ],
    "network list-usages": () => [
      usage("PublicIPAddresses", 1, addresses),
      usage("StandardSkuPublicIpAddresses", 1, addresses),
    ],
  };
  return {
    async ask(args) {
      asked.push([...args]);
      return answers[args.slice(0, 2).join(" ")]!(args);
    },
  };
}

const azure = (changes: object = {}) => ({ target: "azure", azure: JSON.stringify({ ...required, ...changes }) });

describe("azure: seats × nodes × vCPU against the region's quota", () => {
  test("thirty seats of which three are there; a second size and spot VMs count for their own quotas", async () => {
    const asked: string[][] = [];
    const there = { machines: [{ id: "/vm", vmSize: "Standard_D4s_v5" }], there: true };
    const all = [
      ...seats(3, azure(), there),
      ...seats(23, azure()),
      ...seats(2, azure({ vmSize: "Standard_E4s_v5", nodes: 2 })),
      ...seats(2, azure({ spot: true })),
    ];
    const found = await azureFindings(all, subscription(150, 40, asked), {
      now: new Date("2026-12-01T12:00:00Z"),
      zone: "America/New_York",
    });
    expect(found.map(({ name, status, seen }) => [name, status, seen])).toEqual([
      ["price", "notice", "26 × Standard_D4s_v5: unknown, because azure.prices lacks it"],
      ["price", "notice", "4 × Standard_E4s_v5: unknown, because azure.prices lacks it"],
      ["price", "notice", "2 × Standard_D4s_v5 (spot): unknown, because azure.prices lacks it"],
      [
        "shutdown",
        "notice",
        "each day at 19:00 UTC (14:00 in America/New_York): within the hours of a class, 08:00 to 18:00, in America/New_York",
      ],
      ["subscription", "ok", "0"],
      ["resource providers", "ok", "Microsoft.Compute, Microsoft.Network, Microsoft.DevTestLab are registered"],
      ["VM size", "ok", "Standard_D4s_v5 in westeurope: 4 vCPUs, 16 GB"],
      ["VM size", "ok", "Standard_E4s_v5 in westeurope: 4 vCPUs, 16 GB"],
      ["VM size", "ok", "Standard_D4s_v5 in westeurope: 4 vCPUs, 16 GB"],
      ["spot vCPUs of westeurope", "refused", "0 of 3 used, 8 more needed"],
      ["vCPUs of westeurope", "ok", "8 of 150 used, 108 more needed"],
      ["vCPUs of standardDSv5Family", "ok", "8 of 150 used, 92 more needed"],
      ["vCPUs of standardESv5Family", "refused", "0 of 10 used, 16 more needed"],
      ["public addresses of westeurope", "ok", "1 of 40 used, 29 more needed"],
      ["standard addresses of westeurope", "ok", "1 of 40 used, 29 more needed"],
    ]);
    expect(asked.filter(([first, second]) => `${first} ${second}` === "vm list-usage")).toHaveLength(1);
  });

  test("each seat would fit alone, and the class does not", async () => {
    const statuses = async (number: number) =>
      (await azureFindings(seats(number, azure({ nodes: 2 })), subscription(100, 100)))
        .filter(({ status }) => status === "refused")
        .map(({ name, seen }) => `${name}: ${seen}`);
    expect(await statuses(11)).toEqual([]);
    expect(await statuses(12)).toEqual([
      "vCPUs of westeurope: 8 of 100 used, 96 more needed",
      "vCPUs of standardDSv5Family: 8 of 100 used, 96 more needed",
    ]);
  });

  test("each region is asked for itself", async () => {
    const asked: string[][] = [];
    await azureFindings(
      [seat("a", azure()), seat("b", azure({ location: "northeurope" }))],
      subscription(100, 100, asked),
    );
    expect(asked.filter((args) => args[1] === "list-usage").map((args) => args.at(-1))).toEqual([
      "westeurope",
      "northeurope",
    ]);
  });

  test("without a login it is a notice", async () => {
    const found = await azureFindings(seats(2, azure()), {
      ask: async () => Promise.reject(new AzError("login", "Please run 'az login'")),
    });
    expect(found.at(-1)).toEqual({
      name: "subscription",
      status: "notice",
      seen: "not checked (providers, sizes, vCPUs, addresses): Please run 'az login'",
      todo: "to have this checked: az login",
    });
  });
});

describe("the price of the class", () => {
  const prices = { asOf: "2026-11-21", currency: "EUR", perHour: { Standard_D4s_v5: 0.2, Standard_D8s_v5: 0.4 } };
  const of = (changes: object) => seat("s", azure(changes)).settings.azure;

  test("is the sum of all its VMs, by the tables of its config", () => {
    const all = [
      ...Array.from({ length: 28 }, () => of({ prices })),
      of({ prices, nodes: 3 }),
      of({ prices, vmSize: "Standard_D8s_v5" }),
    ];
    expect(priceFindings(all)).toEqual([
      {
        name: "price",
        status: "ok",
        seen: "32 VMs of the class: 6.60 EUR an hour while they run, by azure.prices of 2026-11-21; disks and addresses come on top, also at night",
      },
    ]);
  });

  test("is that of Microsoft's list where no table has it, asked once for each size of each region", async () => {
    const asked: string[] = [];
    const list: PriceList = async ({ location, vmSize, spot }) => {
      asked.push(`${location} ${vmSize} ${spot}`);
      return vmSize === "Standard_D4s_v5"
        ? { perHour: 0.25, currency: "USD", ahead: 600 }
        : { why: "Microsoft's price list has no such size there", ahead: 600 };
    };
    const found = await azureFindings(
      [
        ...seats(3, azure()),
        seat("b", azure({ vmSize: "Standard_E4s_v5" })),
        seat("c", azure({ location: "northeurope", prices })),
      ],
      subscription(100, 100),
      undefined,
      list,
    );
    expect(asked).toEqual([
      "westeurope Standard_D4s_v5 false",
      "westeurope Standard_E4s_v5 false",
      "northeurope Standard_D4s_v5 false",
    ]);
    expect(
      found
        .filter(({ name }) => name === "price" || name === "clock")
        .map(({ status, seen }) => [status, seen.slice(0, 76)]),
    ).toEqual(
      [
        ["ok", "3 VMs of the class: 0.75 USD an hour while they run, by Microsoft's public pr"],
        ["ok", "1 VM of the class: 0.20 EUR an hour while they run, by azure.prices of 2026-1"],
        ["notice", "1 × Standard_E4s_v5: unknown, because azure.prices lacks it, and Microsoft's "],
        ["notice", "this machine's is 10 minutes ahead of Microsoft's: until the VM's clock has caugh"],
      ].map(([status, seen]) => [status, seen!.slice(0, 76)]),
    );
  });

  test("of what is in no table is unknown, and not nothing", () => {
    expect(
      priceFindings([of({ prices }), of({ prices, vmSize: "Standard_E4s_v5", nodes: 2 })]).map(({ status, seen }) => [
        status,
        seen.slice(0, 42),
      ]),
    ).toEqual([
      ["ok", "1 VM of the class: 0.20 EUR an hour while "],
      ["notice", "2 × Standard_E4s_v5: unknown, because azur"],
    ]);
  });
});

describe("existing: two seats in one cluster", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "kubeconfig-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const kubeconfig = path.join(folder, "config");
  const context = (name: string, server: string) => ({
    contexts: { name, context: { cluster: name, user: "u" } },
    clusters: { name, cluster: { server } },
  });
  const all = [
    context("one", "https://one.example:6443"),
    context("alias", "https://one.example:6443"),
    context("two", "https://two.example:6443"),
  ];
  writeFileSync(
    kubeconfig,
    stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "one",
      contexts: all.map((one) => one.contexts),
      clusters: all.map((one) => one.clusters),
      users: [{ name: "u", user: { token: "t" } }],
    }),
  );
  const existing = (context?: string) => ({
    target: "existing",
    existing: JSON.stringify({ kubeconfig, ...(context && { context }) }),
  });

  test("are refused, also by another name of it", () => {
    const { findings, distinct } = clusterFindings([
      seat("a", existing()),
      seat("b", existing("two")),
      seat("c", existing("alias")),
    ]);
    expect(distinct.map(({ seat }) => seat.seat)).toEqual(["a", "b"]);
    expect(findings).toEqual([
      {
        name: "c: cluster",
        status: "refused",
        seen: expect.stringMatching(
          /^context alias \(.*\) leads to https:\/\/one\.example:6443, which is the cluster of a \(line 2\) as well$/,
        ),
        todo: "give each seat a cluster of its own: existing.kubeconfig, existing.context",
      },
    ]);
  });

  test("are refused whatever else of a seat is locked", () => {
    const { findings } = clusterFindings([
      seat("a", existing(), { locked: ["blog.https.key"] }),
      seat("b", existing(), { locked: ["blog.https.key"] }),
    ]);
    expect(findings).toMatchObject([{ name: "b: cluster", status: "refused" }]);
  });

  test("a context that is not there is refused, and a secret kubeconfig is said not to be looked at", () => {
    const { findings, distinct } = clusterFindings([
      seat("a", existing("nope")),
      seat("b", { target: "existing" }, { locked: ["existing.kubeconfig"] }),
    ]);
    expect(distinct).toEqual([]);
    expect(findings).toMatchObject([
      { name: "a: kubeconfig", status: "refused", seen: expect.stringContaining('no context "nope"') },
      { name: "b: cluster", status: "notice", seen: "not checked: its kubeconfig is a secret of the stack" },
    ]);
  });
});
