import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { debianStep, packageOf, type Machine } from "../../../embedded/toolchain/debian";
import { NoServiceStarts } from "../../../embedded/toolchain/policy";
import { ServicesBefore } from "../../../embedded/toolchain/services";
import { compiled } from "../../support/compiled";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-debian-"));
  for (const name of ["units", "enabled", "var"]) fs.mkdirSync(path.join(folder, name));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));
const names = (of: string) => fs.readdirSync(path.join(folder, of)).sort();

/** Units of a machine: each is a file with its package's name in it, and starts with the machine where it is in `enabled`. */
function machine(changes: Partial<Machine> = {}): Machine {
  const unit = (name: string) => path.join(folder, "units", name);
  return {
    policy: new NoServiceStarts(path.join(folder, "policy-rc.d")),
    before: new ServicesBefore(path.join(folder, "var/istio-lab/installing.json")),
    require: () => {},
    missing: () =>
      [
        ["containerd", "containerd"],
        ["etcd-server", "etcd"],
      ]
        .filter(([, name]) => !fs.existsSync(unit(name!)))
        .map(([wanted]) => wanted!),
    hasUnit: (name) => fs.existsSync(unit(name)),
    packageOf: async (name) => fs.readFileSync(unit(name), "utf8"),
    apt: async ([verb, ...wanted]) => {
      if (verb === "install")
        for (const name of wanted.filter((word) => !word.startsWith("-"))) add(name.replace("-server", ""), name);
    },
    disable: async (units) => units.forEach((name) => fs.rmSync(path.join(folder, "enabled", name), { force: true })),
    ...changes,
  };
}

/** Installs a package's unit, which starts with the machine from then on. */
function add(unit: string, owner: string): void {
  fs.writeFileSync(path.join(folder, "units", unit), owner);
  fs.writeFileSync(path.join(folder, "enabled", unit), "");
}

const run = (changes?: Partial<Machine>) => debianStep(machine(changes)).run(() => {}, new AbortController().signal);
const isDone = () => debianStep(machine()).isDone();
/** Nothing of the installation is left beside the units. */
const leaves = () => ["policy-rc.d", "var/istio-lab"].filter((name) => fs.existsSync(path.join(folder, name)));

describe("a service that a package brings", () => {
  it("does not start with the machine, and one that the machine had before goes on doing so", async () => {
    add("containerd", "containerd.io");
    await run();
    expect([names("units"), names("enabled"), leaves()]).toEqual([["containerd", "etcd"], ["containerd"], []]);
    expect(await isDone()).toBe(true);
  });

  it("does not start with the machine after a run that was killed with -9 when the packages were installed", async () => {
    add("etcd", "etcd-server"); // the machine's own
    const code = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-debian-code-"));
    onTestFinished(() => fs.rmSync(code, { recursive: true }));
    const script = await compiled(
      code,
      `
      const fs = require("node:fs");
      const { debianStep } = require("./embedded/toolchain/debian");
      const { NoServiceStarts } = require("./embedded/toolchain/policy");
      const { ServicesBefore } = require("./embedded/toolchain/services");
      const at = (name) => ${JSON.stringify(`${folder}/`)} + name;
      const hasUnit = (name) => fs.existsSync(at("units/" + name));
      debianStep({
        policy: new NoServiceStarts(at("policy-rc.d")), before: new ServicesBefore(at("var/istio-lab/installing.json")), require() {},
        missing: () => hasUnit("containerd") ? [] : ["containerd"], hasUnit, packageOf: async (name) => fs.readFileSync(at("units/" + name), "utf8"),
        apt: async ([verb]) => { if (verb === "install") { fs.writeFileSync(at("units/containerd"), "containerd"); fs.writeFileSync(at("enabled/containerd"), ""); } },
        disable: async () => process.kill(process.pid, "SIGKILL"),
      }).run(() => {}, new AbortController().signal);`,
    );
    const child = spawnSync(process.execPath, [script], { encoding: "utf8" });
    expect([child.signal, child.stderr]).toEqual(["SIGKILL", ""]);
    expect([names("enabled"), await isDone()]).toEqual([["containerd", "etcd"], false]);
    await run();
    expect([names("units"), names("enabled"), leaves()]).toEqual([["containerd", "etcd"], ["etcd"], []]);
  });

  it("does not start with the machine where the installation was interrupted, or apt failed; the next run ends it", async () => {
    const apt: Machine["apt"] = async ([verb]) => {
      if (verb !== "install") return;
      add("containerd", "containerd");
      throw new Error("interrupted");
    };
    await expect(run({ apt })).rejects.toThrow("interrupted");
    expect([names("enabled"), leaves(), await isDone()]).toEqual([[], ["var/istio-lab"], false]);
    add("containerd", "containerd"); // as dpkg does when it comes to configure what it has unpacked
    await run();
    expect([names("units"), names("enabled"), leaves(), await isDone()]).toEqual([
      ["containerd", "etcd"],
      [],
      [],
      true,
    ]);
  });

  it("is somebody's where they have brought it meanwhile, by another package or by one that was not to be installed", async () => {
    const apt: Machine["apt"] = async ([verb]) => {
      if (verb === "install") throw new Error("no");
    };
    await expect(run({ apt })).rejects.toThrow("no");
    add("containerd", "containerd.io");
    await run();
    expect(names("enabled")).toEqual(["containerd"]);
  });

  it("is named where systemctl refuses, and tried again by the next run", async () => {
    await expect(run({ disable: async (units) => Promise.reject(new Error(`no: ${units.join()}`)) })).rejects.toThrow(
      "no: containerd,etcd",
    );
    expect(await isDone()).toBe(false);
    await run();
    expect([names("enabled"), leaves()]).toEqual([[], []]);
  });
});

it("two runs at once install once, and the policy is there for as long as one of them installs", async () => {
  let [inside, installed] = [0, 0];
  const apt: Machine["apt"] = async ([verb, ...rest], ...others) => {
    expect(++inside).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(machine().policy.isLeft()).toBe(true);
    if (verb === "install") installed++;
    await machine().apt([verb!, ...rest], ...others);
    inside--;
  };
  await Promise.all([run({ apt }), run({ apt })]);
  expect([installed, names("enabled"), leaves()]).toEqual([1, [], []]);
});

it("a note that somebody has changed is not guessed at", async () => {
  fs.mkdirSync(path.join(folder, "var/istio-lab"));
  fs.writeFileSync(path.join(folder, "var/istio-lab/installing.json"), "{}");
  await expect(run()).rejects.toThrow(
    /installing\.json cannot be read .*Decide whether containerd and etcd start with the machine, remove that file/,
  );
  expect(names("units")).toEqual([]);
});

it("a unit's package is the one that dpkg names", async () => {
  expect(await packageOf("no-such-unit")).toBeUndefined();
  const { stdout } = spawnSync("dpkg-query", ["--search", "*/systemd/system/*.service"], { encoding: "utf8" });
  const [, owner, unit] = /^([^\s:,]+)(?::\w+)?: \S*\/([\w-]+)\.service$/m.exec(stdout)!;
  expect(await packageOf(unit!)).toBe(owner);
});
