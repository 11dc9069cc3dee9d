import { describe, expect, it } from "vitest";
import type { Settings } from "../../../../config";
import { checkUnique } from "../../../../cli/class/roster/validate";
import { commandsFor } from "../../../../cli/targets";
import { targetNames } from "../../../../components/cluster/targets";
import { Problems } from "../../../../cli/class/roster/draft";

const owned = Object.fromEntries(
  targetNames.flatMap((target) =>
    commandsFor(target).unique === undefined ? [] : [[target, commandsFor(target).unique!]],
  ),
);

/** Two values of what only one seat can have, for each target of the code's own table. */
const values: { [target in Settings["target"]]?: [object, object] } = {
  embedded: [{ addressRange: "10.240.0.0/30" }, { addressRange: "10.240.0.4/30" }],
  minikube: [{ profile: "class-1" }, { profile: "class-2" }],
  azure: [
    { dnsLabel: "anna", location: "westeurope" },
    { dnsLabel: "berta", location: "westeurope" },
  ],
};

function problems(...settings: [Settings["target"], object][]): string[] {
  const told = new Problems();
  const seats = settings.map(([target, part], index) => ({
    seat: { seat: `k-${index + 1}`, trainee: "Ada", config: {}, at: `line ${index + 2}` },
    settings: { target, embedded: {}, minikube: {}, azure: {}, existing: {}, [target]: part } as unknown as Settings,
  }));
  checkUnique(seats, told);
  try {
    told.throwIfAny("r.csv");
    return [];
  } catch (error) {
    return (error as Error).message
      .replace(/^r\.csv: (\d+ problems:\n)?/, "")
      .split("\n")
      .map((line) => line.replace(/^- /, ""));
  }
}

describe("what only one seat can have", () => {
  it("has values in this test for every target of the table", () =>
    expect(Object.keys(values).sort()).toEqual(Object.keys(owned).sort()));

  it.each(Object.entries(values) as [Settings["target"], [object, object]][])(
    "is refused for two seats on %s, whatever stands between them",
    (target, [same, other]) => {
      const { key, of } = owned[target]!;
      const value = of({ embedded: {}, minikube: {}, azure: {}, [target]: same } as unknown as Settings);
      expect(problems([target, same], [target, other], [target, same])).toEqual([
        `line 4, k-3: istio-lab:${key}: ${value} is that of k-1 (line 2) as well; give each seat its own, or leave it out`,
      ]);
      expect(problems([target, same], [target, other])).toEqual([]);
      expect(problems([target, {}], [target, {}])).toEqual([]);
    },
  );

  it("is told of every seat that would have it, each with the first one", () => {
    const same = { profile: "class-1" };
    expect(
      problems(["minikube", same], ["minikube", same], ["minikube", same]).map((line) =>
        line.replace(/ as well.*/, ""),
      ),
    ).toEqual([
      "line 3, k-2: istio-lab:minikube.profile: class-1 is that of k-1 (line 2)",
      "line 4, k-3: istio-lab:minikube.profile: class-1 is that of k-1 (line 2)",
    ]);
  });

  it("a DNS label of Azure is one in its region alone", () => {
    const label = (location: string) => ["azure", { dnsLabel: "anna", location }] as [Settings["target"], object];
    expect(problems(label("westeurope"), label("northeurope"))).toEqual([]);
    expect(problems(label("westeurope"), label("northeurope"), label("northeurope"))).toEqual([
      expect.stringMatching(/^line 4, k-3: istio-lab:azure\.dnsLabel: anna\.northeurope is that of k-2 \(line 3\)/),
    ]);
    // Without a label Azure draws the name.
    expect(problems(["azure", { location: "westeurope" }], ["azure", { location: "westeurope" }])).toEqual([]);
  });

  it("is compared among seats of one target: a profile is no range", () => {
    expect(
      problems(["minikube", { profile: "10.240.0.0/30" }], ["embedded", { addressRange: "10.240.0.0/30" }]),
    ).toEqual([]);
  });

  it("is nothing in somebody's cluster", () => {
    expect(problems(["existing", { kubeconfig: "a" }], ["existing", { kubeconfig: "a" }])).toEqual([]);
  });
});
