import { describe, expect, it } from "vitest";
import { clearRemains, type Seats } from "../../../cli/stack/remains";
import {
  generationsOfState,
  isInSomebodysCluster,
  targetOfState,
  targetsOfState,
} from "../../../cli/stack/target-of-state";
import { teardownOf, writtenTarget } from "../../../cli/stack/teardown";
import type { Deployment } from "../../../cli/stack/stack";
import type { SeatStatus } from "../../../embedded/node/seat";

type Resource = Deployment["resources"][number];
const state = (...resources: Partial<Resource>[]) => ({
  resources: resources.map((one) => ({ urn: "", type: "", ...one })),
});
const seatOn = (...targets: string[]) =>
  state({ type: "pulumi:pulumi:Stack" }, ...targets.map((target) => ({ type: `istio-lab:cluster:${target}` })));
const generation = (id: string) => ({ type: "pulumi-nodejs:dynamic/cluster:Generation", id });

describe("the target of a seat is what the state says", () => {
  it.each([
    ["Embedded", "embedded"],
    ["Minikube", "minikube"],
    ["Azure", "azure"],
    ["Existing", "existing"],
  ])("%s", (component, target) => {
    expect(targetOfState(seatOn(component))).toBe(target);
  });

  it("none, while there is none: a missing file does not make it the embedded one", () => {
    expect(targetOfState(seatOn())).toBeUndefined();
    expect(targetOfState({ resources: [] })).toBeUndefined();
  });

  it("and not what a new stack begins as, where there is no file either: then nothing is known to be taken away", () => {
    expect(writtenTarget("a-stack-without-a-file")).toBeUndefined();
    expect(teardownOf("a-stack-without-a-file", seatOn(), writtenTarget("a-stack-without-a-file"))).toMatchObject({
      targets: [],
    });
  });

  it("all of them, after a run that was killed while it moved a seat; somebody's cluster first", () => {
    expect(targetsOfState(seatOn("Embedded", "Existing"))).toEqual(["existing", "embedded"]);
    // Then what costs money by the hour.
    expect(targetsOfState(seatOn("Embedded", "Minikube", "Azure", "Existing")).slice(0, 2)).toEqual([
      "existing",
      "azure",
    ]);
  });
});

it.each<[string[], boolean]>([
  [["Existing"], true],
  [["Embedded", "Existing"], true],
  [["Azure", "Minikube", "Embedded"], false],
  [[], false],
])("a stack on %j has something in somebody's cluster: %j", (components, is) =>
  expect(isInSomebodysCluster(seatOn(...components))).toBe(is),
);

describe("the generations of the state", () => {
  it("are those of the generation and the machine, each once", () => {
    expect(
      generationsOfState(
        state(generation("g1"), generation("g2"), {
          type: "pulumi-nodejs:dynamic/cluster:Machine",
          inputs: { generation: "g1" },
          outputs: { generation: "g0" },
        }),
      ),
    ).toEqual(["g1", "g2", "g0"]);
  });

  it("are none of a resource that never was made, of an unknown, or of another type", () => {
    expect(
      generationsOfState(
        state({ type: "pulumi-nodejs:dynamic/cluster:Generation" }, generation(""), {
          type: "pulumi-nodejs:dynamic/cluster:Power",
          inputs: { generation: "g9" },
        }),
      ),
    ).toEqual([]);
  });
});

describe("a teardown", () => {
  const notice = (file: string, targets: string) =>
    `${file}. By its state, the seat of stack x2 is on target ${targets}. That seat is taken down.`;

  it.each<[string, ReturnType<typeof seatOn>, string | undefined, string[], string | undefined]>([
    ["whose file says the same", seatOn("Existing"), "existing", ["existing"], undefined],
    [
      "without a file",
      seatOn("Existing"),
      undefined,
      ["existing"],
      notice("Pulumi.x2.yaml names no target", "existing"),
    ],
    [
      "whose file says another target",
      seatOn("Azure"),
      "embedded",
      ["azure"],
      notice("Pulumi.x2.yaml says target embedded", "azure"),
    ],
    ["in the middle of a move", seatOn("Embedded", "Existing"), "embedded", ["existing", "embedded"], undefined],
    ["of an empty state, by its file", { resources: [] }, "existing", ["existing"], undefined],
    ["of a state without a cluster, by its file", seatOn(), "existing", ["existing"], undefined],
    ["of neither a state nor a file", { resources: [] }, undefined, [], undefined],
  ])("%s", (_, deployment, file, targets, said) => {
    expect(teardownOf("x2", deployment, file)).toEqual({
      targets,
      generations: [],
      ...(said !== undefined && { notice: said }),
    });
  });
});

describe("what a destroy left of an embedded seat", () => {
  const seat = (of: string, made = true) => ({
    name: "x2",
    folder: "/seats/x2",
    generation: of,
    made,
    address: "",
    addressRange: "",
    kubeconfig: "",
    pid: 1,
    kubernetesVersion: "",
    storageClass: "standard" as const,
  });

  async function cleared(status: SeatStatus, generations: string[], hasProcesses = false) {
    const deleted: string[] = [];
    const seats: Seats = {
      status: async () => status,
      hasProcesses: () => hasProcesses,
      delete: async (folder, generation) => void deleted.push(`${folder} ${generation}`),
    };
    return { said: await clearRemains("x2", "/seats/x2", generations, seats), deleted };
  }

  it.each(["running", "stopped", "dead", "creating"] as const)(
    "is deleted when it is of the state's generation, %s",
    async (of) => {
      expect(await cleared({ state: of, seat: seat("g1") }, ["g0", "g1"])).toEqual({
        said: [],
        deleted: ["/seats/x2 g1"],
      });
    },
  );

  it.each([[["g1"]], [[]]])(
    "is left when it is of another than %j, and told with the command that shows it",
    async (generations) => {
      expect(await cleared({ state: "running", seat: seat("g2") }, generations, true)).toEqual({
        said: [
          "Kept: the seat in /seats/x2 is running. The state of stack x2 does not know its generation, g2. `npm run embedded -- status --seat x2` shows it.",
        ],
        deleted: [],
      });
    },
  );

  it("is left where its record cannot be read, and told", async () => {
    expect(await cleared({ state: "unknown", problem: "seat.json cannot be read: EMFILE" }, ["g1"])).toEqual({
      said: ["Kept: seat.json cannot be read: EMFILE"],
      deleted: [],
    });
  });

  it("without a folder is what carries the folder's name: cleared where the state knew a seat there, else told", async () => {
    expect(await cleared({ state: "absent" }, ["g1"])).toEqual({ said: [], deleted: ["/seats/x2 g1"] });
    expect(await cleared({ state: "absent" }, [])).toEqual({ said: [], deleted: [] });
    expect((await cleared({ state: "absent" }, [], true)).said).toEqual([
      expect.stringMatching(/^Kept: a seat runs in \/seats\/x2, and the state of stack x2 does not know it\./),
    ]);
    expect((await cleared({ state: "absent" }, [], true)).deleted).toEqual([]);
  });
});
