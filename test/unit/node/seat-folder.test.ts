import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { identify, SEAT_MARK } from "../../../embedded/node/processes";
import { remove } from "../../../embedded/node/remove";
import { removeSeatFolder } from "../../../embedded/node/seat-folder";
import { seatFolder } from "../../../base/paths";
import { endStrangers, join, makeGroup, NOBODY, sleeper } from "../../support/strangers";
import { needs, withoutRoot } from "../../support/needs";

let home: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-folder-")));
  vi.stubEnv("ISTIO_LAB_HOME", path.join(home, "lab"));
});
afterEach(() => {
  child?.kill("SIGKILL");
  child = undefined;
  vi.unstubAllEnvs();
  fs.rmSync(home, { recursive: true });
});

const record = (more: object = {}) =>
  JSON.stringify({
    name: "a",
    generation: "g",
    addressRange: "10.231.0.0/30",
    kubernetesVersion: "1.36.3",
    phase: "stopped",
    made: true,
    ...more,
  });

function put(folder: string, files: Record<string, string>): string {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

const seat = () => path.join(home, "lab/seats/a");
const removing = (folder: string) => remove(folder, () => undefined);

/** A process with a seat's mark. */
async function marked(folder: string): Promise<number> {
  child = spawn("sleep", ["60"], { env: { ...process.env, [SEAT_MARK]: folder } });
  await once(child, "spawn");
  return child.pid!;
}

describe("a folder is removed that says that it is a seat's", () => {
  it.each<[string, Record<string, string>]>([
    ["by its record", { "seat.json": record(), "var/lib/etcd/data": "" }],
    ["half-made: nothing in it yet but the record while it is written", { "seat.json.17": "{" }],
    ["half-removed: the record is gone, and all else is what a seat has", { "var/x": "", "etc/y": "", boot: "" }],
  ])("%s", async (_, files) => {
    await removing(put(seat(), files));
    expect(fs.existsSync(seat())).toBe(false);
    expect(fs.existsSync(path.dirname(seat()))).toBe(true);
  });

  it("its record goes last: a removal that is killed leaves a folder that still says what it is", async () => {
    put(seat(), { "seat.json": record(), "var/x": "", zzz: "" });
    const bin = put(path.join(home, "bin"), { rm: '#!/bin/sh\n/bin/rm "$@"\nexit 1\n' });
    fs.chmodSync(path.join(bin, "rm"), 0o755);
    vi.stubEnv("PATH", `${bin}:${process.env.PATH}`);
    await expect(removing(seat())).rejects.toThrow();
    expect(fs.readdirSync(seat())).toEqual(["seat.json"]);
  });

  it("in another place, by its record alone", async () => {
    const elsewhere = put(path.join(home, "cluster"), { "seat.json": record({ name: "somebodys" }), "var/x": "" });
    await removing(elsewhere);
    expect(fs.existsSync(elsewhere)).toBe(false);
  });

  it("one that is not there is no error", async () => {
    const before = fs.readdirSync(home, { recursive: true });
    await expect(removing(seat())).resolves.not.toThrow();
    await expect(removing(path.join(home, "lab/seats/none/deeper"))).resolves.not.toThrow();
    expect(fs.readdirSync(home, { recursive: true })).toEqual(before);
  });
});

describe("a folder stays that does not", () => {
  const refused = async (folder: string, why: RegExp) => {
    const before = fs.readdirSync(home, { recursive: true });
    await expect(removing(folder)).rejects.toThrow(
      expect.objectContaining({ name: "SeatError", message: expect.stringMatching(why) }),
    );
    expect(fs.readdirSync(home, { recursive: true })).toEqual(before);
  };

  it.each<[string, string, RegExp]>([
    ["seats/ itself", "lab/seats", /lab\/seats is not removed: no seat\.json in it says/],
    ["seats/ by a name that leads there", "lab/seats/.", /lab\/seats is not removed/],
    [
      ".lab, one above",
      "lab/seats/..",
      /lab is not removed: no seat\.json in it says that it is a seat's, and it is not a folder of .*\/lab\/seats/,
    ],
    ["another folder", "outside", /outside is not removed/],
    ["a part of a seat", "lab/seats/a/var", /var is not removed/],
    [
      "one in seats/ with what no seat has",
      "lab/seats/notes",
      /notes is not removed: it has no seat\.json, and it holds ideas\.txt, which no seat has/,
    ],
    ["a file", "lab/seats/file", /file is not removed: it is not a folder/],
    ["a link to a seat", "lab/seats/link", /link is not removed: it is a symbolic link/],
    ["a link to another folder", "lab/seats/link2", /link2 is not removed: it is a symbolic link/],
  ])("%s", async (_, folder, why) => {
    put(seat(), { "seat.json": record(), "var/x": "" });
    put(home, { "outside/var/x": "", "lab/seats/notes/ideas.txt": "", "lab/seats/file": "", "lab/passphrase": "" });
    fs.symlinkSync("a", path.join(home, "lab/seats/link"));
    fs.symlinkSync("../../outside", path.join(home, "lab/seats/link2"));
    await refused(`${home}/${folder}`, why);
  });

  it("and what runs in it is not ended", async () => {
    const notes = put(path.join(home, "lab/seats/notes"), { "ideas.txt": "" });
    const pid = await marked(notes);
    await refused(notes, /notes is not removed/);
    expect(identify(pid)).toBeDefined();
  });

  it("a seat whose first process may still run: that it does not run here is not known", async () => {
    child = spawn("sleep", ["60"]);
    await once(child, "spawn");
    const { pid, start } = identify(child.pid!)!;
    put(seat(), { "seat.json": record({ init: { pid, start } }) });
    // It has no mark that says of which seat it is, so it is not killed either.
    await expect(removeSeatFolder(seat())).rejects.toThrow(
      new RegExp(`lab/seats/a is not removed: processes ${pid} of the seat still run`),
    );
    expect(identify(pid)).toBeDefined();
    expect(fs.existsSync(seat())).toBe(true);
  });
});

describe("what runs in a seat's folder", () => {
  afterEach(endStrangers);

  it(
    "is ended first where the folder was moved while it ran, by what the process itself has for its folder",
    needs(withoutRoot),
    async () => {
      const former = put(path.join(home, "former/seats/a"), { "seat.json": record() });
      const pid = await marked(former);
      const other = (await sleeper({ [SEAT_MARK]: former })).pid!; // in no control group
      makeGroup(former, "node"); // named after the folder as it was then
      join(former, "node", pid);
      fs.mkdirSync(path.join(home, "lab"));
      fs.renameSync(path.join(home, "former/seats"), path.join(home, "lab/seats"));
      // In the seat the folder stays mounted under its former path; here a link does that.
      fs.symlinkSync(path.join(home, "lab/seats"), path.join(home, "former/seats"));
      await removing(seat());
      expect([identify(pid), identify(other)]).toEqual([undefined, expect.anything()]);
      expect(fs.existsSync(seat())).toBe(false);
    },
  );

  it(
    "is not another user's process that got the number and the start time of a record",
    needs(withoutRoot),
    async () => {
      const { pid } = await sleeper({ [SEAT_MARK]: seat() }, { uid: NOBODY });
      const { boot: _, ...init } = identify(pid!)!;
      await removing(put(seat(), { "seat.json": record({ init }) }));
      expect(fs.existsSync(seat())).toBe(false);
      expect(identify(pid!)).toBeDefined();
    },
  );

  it("is left alone where the record is a copy of another seat's", async () => {
    const other = put(path.join(home, "other/seats/a"), { "seat.json": record() });
    const pid = await marked(other);
    put(seat(), { "seat.json": record({ init: identify(pid) }) });
    await removing(seat());
    expect(identify(pid)).toBeDefined();
    expect(fs.existsSync(other)).toBe(true);
    expect(fs.existsSync(seat())).toBe(false);
  });
});

it.each(["", "..", "a/b", "A", "a\n", "-a", "a".repeat(64)])("seatFolder(%j) throws", (name) => {
  expect(() => seatFolder(name)).toThrow(/the name is empty|cannot name a seat/);
});
