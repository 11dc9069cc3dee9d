import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FolderError, privateFolder } from "../../../base/private-folder";
import { claimFolder } from "../../../cli/class/identity/noted";
import { noteBackend } from "../../../cli/stack/same-backend";
import { openWorkspace } from "../../../cli/stack/workspace";
import { prepare } from "../../../components/cluster/minikube/kubeconfig";
import { makeLab, narrowLab } from "../../../base/lab";
import { needs, withoutOwnProcess } from "../../support/needs";

let home: string;
let lab: string;
beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-private-"));
  // Others come as far as here, as they do in a checkout.
  fs.chmodSync(home, 0o755);
  lab = path.join(home, "lab");
  vi.stubEnv("ISTIO_LAB_HOME", lab);
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(home, { recursive: true });
});

const modeOf = (folder: string) => (fs.statSync(folder).mode & 0o7777).toString(8);

/** As another user of the machine, who has nothing of ours. */
function stranger(script: string): { ok: boolean; stderr: string } {
  const { status, stderr } = spawnSync(
    "setpriv",
    ["--reuid", "65534", "--regid", "65534", "--clear-groups", "sh", "-c", script],
    { encoding: "utf8" },
  );
  return { ok: status === 0, stderr };
}

/** A checkout of before, with a seat and its volume. */
function older(): string {
  const volume = path.join(lab, "seats/a/var/volumes/pvc-1");
  fs.mkdirSync(volume, { recursive: true });
  for (let folder = volume; folder !== home; folder = path.dirname(folder)) fs.chmodSync(folder, 0o755); // whatever the user's umask is
  fs.chmodSync(volume, 0o777);
  fs.writeFileSync(path.join(volume, "data"), "the trainee's");
  return volume;
}

describe.each([0o000, 0o022, 0o077])("with umask %o", needs(withoutOwnProcess), (mask) => {
  const before = process.umask();
  afterEach(() => void process.umask(before));

  it.each<[string, () => unknown]>([
    ["the workspace", () => openWorkspace()],
    ["charts and seats", () => makeLab()],
    ["a minikube's kubeconfig", () => prepare(path.join(lab, "minikube/p/kubeconfig"))],
    ["the note of a stack's backend", () => noteBackend("seat-01")],
    ["a class", () => claimFolder({ name: "course", file: __filename })],
  ])("whoever makes it first, .lab is its owner's alone: %s", (_, make) => {
    process.umask(mask);
    make();
    expect(modeOf(lab)).toBe("700");
  });

  it("a folder is private with all above it that were missing", () => {
    process.umask(mask);
    expect(privateFolder(path.join(lab, "seats/a"))).toBe(true);
    expect(privateFolder(path.join(lab, "seats/a"))).toBe(false);
    expect(["", "seats", "seats/a"].map((name) => modeOf(path.join(lab, name)))).toEqual(["700", "700", "700"]);
  });
});

it("a folder of ours is narrowed to all of its mode: no bit stays that gives what is put there to a group", () => {
  fs.mkdirSync(lab);
  for (const mode of [0o2700, 0o1700, 0o750, 0o500]) {
    fs.chmodSync(lab, mode);
    expect([privateFolder(lab), modeOf(lab)], mode.toString(8)).toEqual([false, "700"]);
  }
});

describe("another user of the machine", () => {
  it("reaches the volume of a checkout of before, and no more after the next command", () => {
    const volume = older();
    expect(stranger(`cat ${volume}/data && echo theirs > ${volume}/new`)).toEqual({ ok: true, stderr: "" });
    narrowLab();
    expect([lab, path.join(lab, "seats/a")].map(modeOf)).toEqual(["700", "700"]);
    for (const script of [`cat ${volume}/data`, `echo theirs > ${volume}/data`, `ls ${lab}`, `ls ${lab}/seats/a`]) {
      expect(stranger(script)).toEqual({ ok: false, stderr: expect.stringContaining("ermission denied") });
    }
    expect(fs.readFileSync(path.join(volume, "data"), "utf8")).toBe("the trainee's");
  });

  it("the volume's mode stays: in the seat any pod of the trainee's may write it", () => {
    const volume = older();
    narrowLab();
    expect(modeOf(volume)).toBe("777");
  });

  it("who owns the folder is refused with it, and nothing is put there", () => {
    fs.mkdirSync(lab);
    fs.chownSync(lab, 65534, 65534);
    for (const run of [makeLab, narrowLab, openWorkspace])
      expect(run).toThrow(
        `${lab} belongs to user 65534, who could read and change what is put there. Use a folder of your own: ISTIO_LAB_HOME=FOLDER.`,
      );
    expect(fs.readdirSync(lab)).toEqual([]);
  });
});

it.each(["elsewhere", "/nowhere"])("a link is refused, and what it leads to stays as it is: %s", (target) => {
  fs.mkdirSync(path.join(home, "elsewhere"));
  fs.chmodSync(path.join(home, "elsewhere"), 0o755); // whatever the user's umask is
  fs.symlinkSync(target, lab);
  for (const run of [makeLab, narrowLab])
    expect(run).toThrow(
      new FolderError(
        `${lab} is a link to ${target}, which others may redirect or enter. Name the folder itself: ISTIO_LAB_HOME=FOLDER.`,
      ),
    );
  expect(modeOf(path.join(home, "elsewhere"))).toBe("755");
});

it("a file is refused", () => {
  fs.writeFileSync(lab, "");
  for (const run of [makeLab, narrowLab])
    expect(run).toThrow(`${lab} is not a folder. Move it away, or name another place: ISTIO_LAB_HOME=FOLDER.`);
});

it("where there is none, a command that only looks makes none", () => {
  narrowLab();
  expect(fs.existsSync(lab)).toBe(false);
});
