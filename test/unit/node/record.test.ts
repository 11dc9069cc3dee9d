import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { self, type ProcessId } from "../../../embedded/node/processes";
import { readRecord, writeRecord, type SeatRecord } from "../../../embedded/node/record";
import { seatStatus, stateOf } from "../../../embedded/node/status";

const record: SeatRecord = {
  name: "a",
  generation: "g",
  addressRange: "10.231.0.4/30",
  kubernetesVersion: "1.2.3",
  phase: "ready",
};
const gone: ProcessId = { pid: process.pid, start: "1" }; // this process's number, given to it later
let folder: string;

beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-record-"))));
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

describe("seat.json", () => {
  it("is read as it was written, and replaced as a whole", () => {
    const file = path.join(folder, "seat.json");
    writeRecord(file, record);
    writeRecord(file, { ...record, phase: "stopped" });
    expect(readRecord(file)).toEqual({ ...record, phase: "stopped" });
    expect(fs.readdirSync(folder)).toEqual(["seat.json"]);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  it("that is not there is the only absence", () => {
    expect(readRecord(path.join(folder, "seat.json"))).toBeUndefined();
    expect(readRecord(path.join(folder, "none", "seat.json"))).toBeUndefined();
  });

  it.each(["", "{", "null", "[]", '{"name":"a"}', JSON.stringify({ ...record, addressRange: "x" })])(
    "that says %j is an error that names the file",
    (text) => {
      const file = path.join(folder, "seat.json");
      fs.writeFileSync(file, text);
      expect(() => readRecord(file)).toThrow(`${file} is not a seat's record: `);
    },
  );

  it("that cannot be read is an error that names the file, and its stack is its message", () => {
    const file = path.join(folder, "seat.json");
    fs.mkdirSync(file);
    expect(() => readRecord(file)).toThrow(
      expect.objectContaining({
        name: "SeatError",
        message: expect.stringContaining(`${file} cannot be read: EISDIR`),
        stack: expect.not.stringContaining("record.ts"),
      }),
    );
  });
});

describe("stateOf", () => {
  it.each<[string, Partial<SeatRecord>, string]>([
    ["running", { phase: "ready", init: self() }, "running"],
    ["killed", { phase: "ready", init: gone }, "dead"],
    ["killed, without a first process", { phase: "ready" }, "dead"],
    ["stopped", { phase: "stopped", init: gone }, "stopped"],
    ["being made", { phase: "files", maker: self() }, "creating"],
    [
      "killed, and the machine was started again since",
      { phase: "ready", init: { ...self(), boot: "before" } },
      "dead",
    ],
    [
      "killed, with a record that does not say before which start: the process of that number is in no seat's control group",
      { phase: "ready", init: { pid: self().pid, start: self().start } },
      "dead",
    ],
    [
      "half-made by a run that was killed, its node still alive",
      { phase: "control plane", maker: gone, init: self() },
      "dead",
    ],
  ])("of a seat that is %s", (_, part, state) => {
    expect(stateOf({ ...record, ...part })).toBe(state);
  });
});

describe("seatStatus", () => {
  it("of a folder that is not there is absent", async () => {
    expect(await seatStatus(path.join(folder, "none", "deeper"))).toEqual({ state: "absent" });
    expect(await seatStatus(folder)).toEqual({ state: "absent" });
  });

  it.each([
    ["a record that cannot be read", () => fs.mkdirSync(path.join(folder, "seat.json")), "EISDIR"],
    ["a record that is broken", () => fs.writeFileSync(path.join(folder, "seat.json"), "{"), "is not a seat's record"],
    ["data without a record", () => fs.mkdirSync(path.join(folder, "var")), "has no seat.json, but it holds var"],
  ])("of %s is unknown, with the reason", async (_, become, problem) => {
    become();
    expect(await seatStatus(folder)).toEqual({ state: "unknown", problem: expect.stringContaining(problem) });
  });

  it("tells what the record says", async () => {
    writeRecord(path.join(folder, "seat.json"), { ...record, init: gone });
    const status = await seatStatus(folder);
    expect(status).toMatchObject({
      state: "dead",
      seat: { name: "a", address: "10.231.0.6", addressRange: "10.231.0.4/30", kubernetesVersion: "1.2.3" },
    });
    expect(status.seat?.kubeconfig).toBe(path.join(fs.realpathSync(folder), "kubeconfig"));
  });
});
