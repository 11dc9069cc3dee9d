import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { layout } from "../../../embedded/node/layout";
import { clearableWithoutRecord, type SeatRecord, writeRecord } from "../../../embedded/node/record";
import { requireGeneration, removeEverything } from "../../../embedded/node/remove";
import { takenRanges } from "../../../embedded/node/reserved";
import { deleteSeat } from "../../../embedded/node/seat";

const record: SeatRecord = {
  name: "a",
  generation: "g1",
  addressRange: "10.231.0.4/30",
  kubernetesVersion: "1.2.3",
  phase: "ready",
  made: true,
};
let lab: string;
let seats: string;
let folder: string;

beforeEach(() => {
  lab = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-seats-")));
  vi.stubEnv("ISTIO_LAB_HOME", lab);
  seats = path.join(lab, "seats");
  folder = path.join(seats, "a");
  fs.mkdirSync(seats);
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(lab, { recursive: true, force: true });
});

/** What a seat's folder has, as far as a delete is concerned. */
function make(contents: SeatRecord | string | undefined): void {
  fs.mkdirSync(path.join(folder, "var", "volumes"), { recursive: true });
  fs.writeFileSync(path.join(folder, "var", "volumes", "data"), "somebody's");
  const file = layout(folder).record;
  if (typeof contents === "string") fs.writeFileSync(file, contents);
  else if (contents) writeRecord(file, contents);
}

const data = () => fs.existsSync(path.join(folder, "var", "volumes", "data"));

describe("deleteSeat of one generation", () => {
  it("takes that one away", async () => {
    make(record);
    await deleteSeat(folder, undefined, "g1");
    expect(fs.readdirSync(seats)).toEqual([]);
  });

  it.each<[string, SeatRecord | string | undefined, RegExp]>([
    [
      "a seat of another",
      { ...record, generation: "g2" },
      /holds a seat of generation g2, not of g1, and is kept\. `npm run embedded -- status --seat a` shows it\./,
    ],
    ["a record that is broken", "{", /is not a seat's record: it says "\{"/],
    ["data without a record", undefined, /has no seat\.json, but it holds var\. Their owner is unknown/],
  ])("leaves %s", async (_, contents, message) => {
    make(contents);
    await expect(deleteSeat(folder, undefined, "g1")).rejects.toThrow(message);
    expect(data()).toBe(true);
  });

  it("is content with a folder that is gone", async () => {
    await deleteSeat(folder, undefined, "g1");
    expect(() => requireGeneration(layout(folder), "g1")).not.toThrow();
  });
});

it("deleteSeat by its name alone takes whatever is there, as whoever named it wants it", async () => {
  for (const contents of [record, "{", undefined]) {
    make(contents);
    await deleteSeat(folder);
    expect(fs.readdirSync(seats)).toEqual([]);
  }
});

it("where something is mounted nothing is removed, whatever the file system: the seat still says whose it is, and has its data", async () => {
  make(record);
  const stuck = path.join(folder, "var", "stuck");
  fs.mkdirSync(stuck);
  const { execFileSync } = await import("node:child_process");
  execFileSync("mount", ["-t", "tmpfs", "tmpfs", stuck]);
  try {
    await expect(removeEverything(folder)).rejects.toThrow(`something is mounted at ${stuck}`);
    expect(JSON.parse(fs.readFileSync(layout(folder).record, "utf8"))).toMatchObject({ generation: "g1" });
    expect(data()).toBe(true);
  } finally {
    execFileSync("umount", [stuck]);
  }
});

describe("a folder without a record", () => {
  it.each([
    ["that is not there", undefined, false],
    ["that is empty", [], true],
    ["with the draft of its first record", ["seat.json.4711"], true],
  ])("%s may be cleared: %s", (_, files, clearable) => {
    if (files) fs.mkdirSync(folder);
    for (const file of files ?? []) fs.writeFileSync(path.join(folder, file), "{");
    expect(clearableWithoutRecord(layout(folder))).toBe(clearable);
  });

  it.each(["var", "pki", "seat.json.bak", "notes.txt", "seatXjson.1"])("with %s is nobody's to clear", (name) => {
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, name), "");
    expect(() => clearableWithoutRecord(layout(folder))).toThrow(
      `has no seat.json, but it holds ${name}. Their owner is unknown, and nothing was changed.`,
    );
  });
});

describe("the address ranges of the seats beside", () => {
  const beside = path.join("b", "seat.json");

  it("are taken, also of a stopped one", async () => {
    fs.mkdirSync(path.join(seats, "b"));
    writeRecord(path.join(seats, beside), { ...record, name: "b", phase: "stopped", addressRange: "10.231.99.0/30" });
    expect((await takenRanges(folder)).map(({ by }) => by)).toContain('the seat "b" (10.231.99.0/30)');
  });

  it("are taken, and the seat's own is not: it is started again at its address", async () => {
    make({ ...record, addressRange: "10.231.98.0/30" });
    expect((await takenRanges(folder)).map(({ by }) => by)).not.toContain('the seat "a" (10.231.98.0/30)');
  });

  it("are not free because a record cannot be read", async () => {
    fs.mkdirSync(path.join(seats, beside), { recursive: true });
    await expect(takenRanges(folder)).rejects.toThrow(`${path.join(seats, beside)} cannot be read: EISDIR`);
  });
});
