import { describe, expect, it } from "vitest";
import type { Az } from "../../../../cli/targets/azure/az";
import { azureProof } from "../../../../cli/targets/azure/proof";
import { isClean, type ProofContext } from "../../../../cli/targets/proof";

const context: ProofContext = { stack: "anna", workspace: { env: {} }, config: {} };
const mine = { project: "istio-lab", seat: "anna" };

interface Thing {
  readonly name: string;
  readonly resourceGroup?: string;
  readonly tags?: object | null;
}

/** A subscription that has these, and forgets nothing: az filters by no tag, so that only the code does. */
function subscription(groups: Thing[], disks: Thing[] = [], resources: Thing[] = []): Az & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async ask(args) {
      asked.push(args.join(" "));
      if (args[1] === "exists") return groups.some(({ name }) => name === args[3]);
      return ({ group: groups, disk: disks, resource: resources } as Record<string, Thing[]>)[args[0]!];
    },
  };
}

async function found(az: Az, groups: string[] = []): Promise<Record<string, readonly string[]>> {
  const queries = await azureProof(az).queries(context, { groups });
  return Object.fromEntries(queries.filter(({ left }) => left.length > 0).map(({ what, left }) => [what, left]));
}

describe("a seat on Azure of which no state ever knew the group", () => {
  it.each<[string, object | null | undefined]>([
    ["another project", { ...mine, project: "payroll" }],
    ["no project", { seat: "anna" }],
    ["another seat", { ...mine, seat: "anna-2" }],
    ["no seat", { project: "istio-lab" }],
    ["none of the tags", {}],
    ["no tags", null],
    ["no tags at all", undefined],
  ])("is not what has %s in its tags: not a group, not a disk, not a resource", async (_, tags) => {
    const theirs = (name: string) => [{ name, resourceGroup: "theirs", tags }];
    expect(await found(subscription(theirs("theirs"), theirs("disk"), theirs("vm")))).toEqual({});
  });

  it("is everything that has both of its tags, wherever it lies", async () => {
    const ours = (name: string) => [
      { name, resourceGroup: "any", tags: mine },
      { name: "other", resourceGroup: "any", tags: null },
    ];
    expect(await found(subscription(ours("group"), ours("disk"), ours("vm")))).toEqual({
      "resource groups of the seat": ["group"],
      disks: ["disk"],
      "resources of the seat": ["vm"],
    });
  });
});

describe("a seat on Azure whose groups the state knew", () => {
  it("is asked for group by group: the second one that is left is as much left as the first", async () => {
    const az = subscription([{ name: "two", tags: mine }]);
    expect(await found(az, ["one", "two"])).toEqual({
      "resource group": ["two"],
      "resource groups of the seat": ["two"],
    });
    expect(az.asked).toEqual(expect.arrayContaining(["group exists --name one", "group exists --name two"]));
  });

  it("has what lies in its groups, in any case of letters, tagged or not", async () => {
    const disk = (name: string, resourceGroup: string) => ({ name, resourceGroup, tags: null });
    expect(
      await found(subscription([], [disk("a", "ONE"), disk("b", "two"), disk("c", "one-more")]), ["one", "Two"]),
    ).toEqual({ disks: ["a", "b"] });
  });

  it("has nothing of another group, though its tags are the seat's", async () => {
    expect(
      await found(
        subscription([{ name: "other", tags: mine }], [{ name: "disk", resourceGroup: "other", tags: mine }]),
        ["one"],
      ),
    ).toEqual({});
  });

  it("asks Azure for the seat's own tag", async () => {
    const az = subscription([]);
    await found(az);
    expect(az.asked).toEqual(["group list --tag seat=anna", "disk list", "resource list --tag seat=anna"]);
  });

  it.each([
    ["the first", "group exists", 0],
    ["groups", "group list", 2],
    ["disks", "disk list", 3],
    ["resources", "resource list", 4],
  ])("is not proved gone where Azure answers %s with 403", async (_, refused, index) => {
    const az: Az = {
      ask: async (args) =>
        args.slice(0, 2).join(" ") === refused
          ? Promise.reject(new Error("403 AuthorizationFailed"))
          : args[1] === "exists"
            ? false
            : [],
    };
    const queries = await azureProof(az).queries(context, { groups: ["one", "two"] });
    expect(queries[index]).toMatchObject({ left: [], unknown: "403 AuthorizationFailed" });
    expect(isClean(queries)).toBe(false);
  });

  it("has its groups' names from their outputs, else from their ids, and from nothing else", async () => {
    const group = (more: object) => ({ urn: "", type: "azure-native:resources:ResourceGroup", ...more });
    const resources = [
      group({ id: "/subscriptions/s/resourceGroups/by-id" }),
      group({ id: "/x/y", outputs: { name: "by-output" } }),
      group({}),
      { urn: "", type: "azure-native:compute:Disk", id: "/x/disk", outputs: { name: "disk" } },
    ];
    expect(await azureProof(subscription([])).facts(context, { resources, pending: 0 })).toEqual({
      groups: ["by-id", "by-output"],
    });
  });
});
