import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  generationOperations,
  machineOperations,
  powerOperations,
  type Seats,
} from "../../../components/cluster/embedded/operations";

type Seat = Awaited<ReturnType<Seats["createSeat"]>>;
type Status = Awaited<ReturnType<Seats["seatStatus"]>>;

/** A machine whose only seat is in this state, and which writes down what is asked of it. */
let status: Status;
let asked: string[];
/** Addons whose images the seat lacks, and those whose images were built anew since it was made. */
let lacking: string[];
let rebuilt: string[];
let said: string[];
/** The only generation that each delete may take. */
let deletedAs: (string | undefined)[];
let folder: string;

const seats: Seats = {
  seatStatus: async () => status,
  createSeat: async (spec, report) => {
    asked.push(`create ${spec.generation} ${spec.addressRange ?? "any range"} in ${spec.folder}`);
    report?.(1, 9, "control plane");
    report?.(0, 0, "a half-made seat found: it is made anew");
    return seatOf(spec.generation);
  },
  startSeat: async (folder) => {
    asked.push(`start ${folder}`);
    return seatOf("g1");
  },
  completeSeat: async (folder, addons) => void asked.push(`bring ${folder} the images of ${addons.join(", ")}`),
  lacksImages: (_folder, addons, added) =>
    addons.some((name) => lacking.includes(name)) || added.some((name) => rebuilt.includes(name)),
  deleteSeat: async (folder, _report, generation) => {
    asked.push(`delete ${folder}`);
    deletedAs.push(generation);
  },
};

const seatOf = (generation: string): Seat => ({
  name: "t",
  folder,
  generation,
  address: "10.231.0.2",
  addressRange: "10.231.0.0/30",
  kubeconfig: path.join(folder, "kubeconfig"),
  pid: 1,
  kubernetesVersion: "1.36.3",
  storageClass: "standard",
});

const folderOf = (name: string) => `seats/${name}`;
const generation = generationOperations(seats, folderOf);
const machine = machineOperations(seats, folderOf);
const power = powerOperations(seats, folderOf);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "seat-"));
  writeFileSync(path.join(folder, "kubeconfig"), "THE TEXT");
  status = { state: "running", seat: seatOf("g1") };
  asked = [];
  [lacking, rebuilt] = [[], []];
  deletedAs = [];
  said = [];
  vi.spyOn(console, "log").mockImplementation((text) => void said.push(text));
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

describe("the generation", () => {
  const inputs = { seat: "t", keepers: { seat: "t", addressRange: "10.231.0.0/30" } };

  test.each(["running", "stopped", "creating"] as const)("is unchanged while its seat is %s", async (state) => {
    status = { state, seat: seatOf("g1") };
    expect(await generation.diff("g1", inputs, inputs)).toEqual({ changes: false, replaces: [] });
    expect(said).toEqual([]);
  });

  test.each([
    ["absent", undefined, "Seat t is gone: its folder is missing. It is recreated, with everything in it."],
    ["dead", "g1", "Seat t is gone: its processes have ended. It is recreated, with everything in it."],
    ["running", "g2", "Seat t is gone: another one has replaced it. It is recreated, with everything in it."],
  ] as const)(
    "is replaced, create before delete, when its seat is %s (of %s), and says so",
    async (state, of, text) => {
      status = { state, ...(of && { seat: seatOf(of) }) };
      expect(await generation.diff("g1", inputs, inputs)).toEqual({ changes: true, replaces: ["seat"] });
      expect(said).toEqual([text]);
    },
  );

  test("is replaced when a keeper is new, and names each that is another", async () => {
    expect(await generation.diff("g1", inputs, { ...inputs, keepers: { ...inputs.keepers, more: 1 } })).toEqual({
      changes: true,
      replaces: ["keepers.more"],
    });
    expect(await generation.diff("g1", inputs, { ...inputs, keepers: { seat: "u" } })).toEqual({
      changes: true,
      replaces: ["keepers.seat", "keepers.addressRange"],
    });
  });

  test("has nothing to delete where its seat is the machine's, and is never changed in place", async () => {
    await generation.delete("g1", inputs);
    expect(asked).toEqual([]);
    for (const update of [
      () => generation.update("g1", inputs, inputs),
      () => machine.update("t", { ...inputs, generation: "g1" } as never, { seat: "t", generation: "g1" }),
    ])
      await expect(update()).rejects.toThrow("Every change of this resource is a replacement.");
  });

  test.each([
    ["changed", { seat: "t", addressRange: "10.231.0.4/30" }],
    ["taken away", { seat: "t" }],
  ])("is replaced when a keeper is %s", async (_, keepers) => {
    expect(await generation.diff("g1", inputs, { ...inputs, keepers })).toEqual({
      changes: true,
      replaces: ["keepers.addressRange"],
    });
  });

  test("is not called gone where its record cannot be read: the preview fails with the reason", async () => {
    status = { state: "unknown", problem: "seats/t/seat.json cannot be read: EMFILE" };
    await expect(generation.diff("g1", inputs, inputs)).rejects.toThrow("seat.json cannot be read: EMFILE");
    expect(said).toEqual([]);
  });

  test("is another at every creation", async () => {
    const ids = await Promise.all([1, 2, 3].map(async () => (await generation.create(inputs)).id));
    expect(new Set(ids).size).toBe(3);
  });

  test("stays in the state when a refresh finds the seat gone: only its replacement keeps deletes away from the next cluster", async () => {
    status = { state: "absent" };
    expect(await generation.read("g1", inputs)).toEqual({ id: "g1", props: inputs });
  });
});

describe("the machine", () => {
  const inputs = { seat: "t", generation: "g1" };
  const state = { ...inputs, address: "10.231.0.2", kubeconfig: "THE TEXT", kubernetesVersion: "1.36.3" };
  const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

  test("is unchanged as long as the generation is", async () => {
    expect(await machine.diff("t", state, { ...inputs, addressRange: "10.231.0.4/30" })).toMatchObject({
      changes: false,
      replaces: [],
    });
  });

  test.each(["g2", unknown])("is replaced, delete before create, by generation %s", async (next) => {
    expect(await machine.diff("t", state, { ...inputs, generation: next })).toEqual({
      changes: true,
      replaces: ["generation"],
      deleteBeforeReplace: true,
    });
  });

  test("is made in the seat's folder, and its kubeconfig is the file's text", async () => {
    status = { state: "absent" };
    expect(await machine.create({ ...inputs, addressRange: "10.231.0.4/30" })).toEqual({
      id: "t",
      outs: { ...state, addressRange: "10.231.0.4/30" },
    });
    expect(asked).toEqual(["create g1 10.231.0.4/30 in seats/t"]);
  });

  test("is made for as many sidecars as the lessons bring and with the images of its addons, under its own name", async () => {
    const specs: object[] = [];
    const made = machineOperations(
      { ...seats, createSeat: async (spec) => (specs.push(spec), seatOf(spec.generation)) },
      folderOf,
    );
    status = { state: "absent" };
    await made.create({ ...inputs, addressRange: "10.231.0.4/30", sidecars: 4, addons: ["kiali"] });
    expect(specs).toEqual([
      { name: "t", folder: "seats/t", generation: "g1", addressRange: "10.231.0.4/30", sidecars: 4, addons: ["kiali"] },
    ]);
  });

  test("the remains of another generation go by their own generation: what has come since has another", async () => {
    status = { state: "dead", seat: seatOf("g0") };
    await machine.create(inputs);
    expect(deletedAs).toEqual(["g0"]);
  });

  test.each(["stopped", "creating", "dead"] as const)(
    "a refresh of one that is %s keeps what is known of it: there is no other",
    async (state) => {
      status = { state, seat: { ...seatOf("g1"), kubernetesVersion: "1.36.4" } };
      rmSync(path.join(folder, "kubeconfig"));
      const known = { ...inputs, address: "10.231.0.2", kubeconfig: "THE TEXT", kubernetesVersion: "1.36.3" };
      expect(await machine.read("t", known)).toEqual({ id: "t", props: known });
    },
  );

  test("says what was found, and keeps the progress to itself", async () => {
    await machine.create(inputs);
    expect(said).toEqual(["a half-made seat found: it is made anew"]);
  });

  test("the dead remains of another generation are cleared away first", async () => {
    status = { state: "dead", seat: seatOf("g0") };
    await machine.create(inputs);
    expect(asked).toEqual(["delete seats/t", "create g1 any range in seats/t"]);
  });

  test("of another generation, one that was ready once is left to createSeat, dead as it is: its data is somebody's", async () => {
    status = { state: "dead", seat: { ...seatOf("g0"), made: true } };
    await machine.create(inputs);
    expect(asked).toEqual(["create g1 any range in seats/t"]);
  });

  test("whose record cannot be read is neither made, deleted nor dropped", async () => {
    status = { state: "unknown", problem: "seats/t/seat.json cannot be read: EMFILE" };
    await expect(machine.create(inputs)).rejects.toThrow("cannot be read: EMFILE");
    await expect(machine.delete("t", state)).rejects.toThrow("cannot be read: EMFILE");
    await expect(power.diff("t", inputs, inputs)).rejects.toThrow("cannot be read: EMFILE");
    expect(await machine.read("t", state)).toEqual({ id: "t", props: state });
    expect(asked).toEqual([]);
  });

  test.each([
    ["running", "g0"],
    ["stopped", "g0"],
    ["creating", "g0"],
    ["dead", "g1"],
    ["creating", "g1"],
  ] as const)("a seat that is %s, of %s, is left to createSeat", async (state, of) => {
    status = { state, seat: seatOf(of) };
    await machine.create(inputs);
    expect(asked).toEqual(["create g1 any range in seats/t"]);
  });

  test("a refresh drops it when nothing is left of it, or another has taken its place", async () => {
    status = { state: "absent" };
    expect(await machine.read("t", state)).toEqual({ id: "", props: {} });
    status = { state: "running", seat: seatOf("g2") };
    expect(await machine.read("t", state)).toEqual({ id: "", props: {} });
  });

  test("a refresh keeps a dead one, of which something is left to delete, and reads a running one", async () => {
    status = { state: "dead", seat: seatOf("g1") };
    expect(await machine.read("t", state)).toEqual({ id: "t", props: state });
    status = { state: "running", seat: { ...seatOf("g1"), kubernetesVersion: "1.36.4" } };
    expect(await machine.read("t", state)).toEqual({ id: "t", props: { ...state, kubernetesVersion: "1.36.4" } });
  });

  test.each([
    ["running", "g1"],
    ["dead", "g1"],
    ["absent", undefined],
  ] as const)("is deleted when %s", async (state, of) => {
    status = { state, ...(of && { seat: seatOf(of) }) };
    await machine.delete("t", { ...inputs, address: "", kubeconfig: "", kubernetesVersion: "" });
    expect(asked).toEqual(["delete seats/t"]);
    // Under the seat's lock it is asked again: by then another may have its place.
    expect(deletedAs).toEqual(["g1"]);
  });

  test("does not delete a seat that is not its own", async () => {
    status = { state: "running", seat: seatOf("g2") };
    await machine.delete("t", state);
    expect(asked).toEqual([]);
  });
});

describe("the power", () => {
  const inputs = { seat: "t", generation: "g1" };

  test("changes while the seat is stopped, and then starts it", async () => {
    status = { state: "stopped", seat: seatOf("g1") };
    expect(await power.diff("t", inputs, inputs)).toEqual({ changes: true });
    expect(await power.update("t", inputs, inputs)).toEqual({ outs: inputs });
    expect(asked).toEqual(["start seats/t"]);
  });

  test.each(["absent", "dead", "creating", "running"] as const)(
    "leaves a seat that is %s to whoever makes it",
    async (state) => {
      status = { state, ...(state !== "absent" && { seat: seatOf("g1") }) };
      expect([
        await power.diff("t", inputs, inputs),
        await power.create(inputs),
        await power.read("t", inputs),
      ]).toEqual([{ changes: false }, { id: "t", outs: inputs }, { id: "t", props: inputs }]);
      expect(asked).toEqual([]);
    },
  );

  test("is content with a seat that runs", async () => {
    expect(await power.diff("t", inputs, inputs)).toEqual({ changes: false });
    expect(await power.create(inputs)).toEqual({ id: "t", outs: inputs });
    expect(asked).toEqual([]);
  });

  test.each(["running", "stopped"] as const)(
    "brings a seat that is %s, and was made without an addon, that addon's images",
    async (state) => {
      status = { state, seat: seatOf("g1") };
      lacking = ["kiali"];
      const [olds, news] = [
        { ...inputs, addons: ["prometheus"] as const },
        { ...inputs, addons: ["prometheus", "kiali"] as const },
      ];
      expect(await power.diff("t", olds, news)).toEqual({ changes: true });
      expect(await power.update("t", olds, news)).toEqual({ outs: news });
      expect(asked).toEqual([
        ...(state === "stopped" ? ["start seats/t"] : []),
        "bring seats/t the images of prometheus, kiali",
      ]);
    },
  );

  test("looks at what was built since only for an addon that is new to the seat; one of before keeps what it was made with", async () => {
    rebuilt = ["zipkin"];
    const [without, zipkin] = [
      { ...inputs, addons: ["prometheus"] as const },
      { ...inputs, addons: ["prometheus", "zipkin"] as const },
    ];
    expect(
      await Promise.all([
        power.diff("t", zipkin, zipkin),
        power.diff("t", zipkin, without),
        power.diff("t", without, zipkin),
        power.diff("t", inputs, zipkin),
      ]),
    ).toEqual([false, false, true, false].map((changes) => ({ changes })));
  });

  test.each([
    ["absent", undefined],
    ["creating", "g1"],
    ["dead", "g1"],
    ["running", "g2"],
  ] as const)("brings no images where the seat is %s, of %s", async (state, of) => {
    status = { state, ...(of && { seat: seatOf(of) }) };
    lacking = ["kiali"];
    const news = { ...inputs, addons: ["kiali"] as const };
    expect([await power.diff("t", news, news), await power.update("t", news, news)]).toEqual([
      { changes: false },
      { outs: news },
    ]);
    expect(asked).toEqual([]);
  });

  test("follows the generation", async () => {
    expect(await power.diff("t", inputs, { ...inputs, generation: "g2" })).toEqual({ changes: true });
    expect(await power.update("t", inputs, { ...inputs, generation: "g2" })).toEqual({
      outs: { ...inputs, generation: "g2" },
    });
    expect(asked).toEqual([]);
  });

  test("has nothing to delete", async () => {
    await power.delete("t", inputs);
    expect(asked).toEqual([]);
  });
});
