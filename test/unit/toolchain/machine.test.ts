import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { requireDebian, requireMachine } from "../../../embedded/toolchain/machine";
import { makeWhole } from "../../../embedded/toolchain/place";
import { NoServiceStarts } from "../../../embedded/toolchain/policy";

let folder: string;
beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-toolchain-"))));
afterEach(() => fs.rmSync(folder, { recursive: true }));

describe("a machine that cannot hold the seat is refused by name", () => {
  it("another system or processor", () => {
    expect(() => requireMachine("darwin", "x64")).toThrow("this is darwin");
    expect(() => requireMachine("linux", "arm64")).toThrow("this machine is arm64");
    expect(() => requireMachine("linux", "x64")).not.toThrow();
  });

  it("another distribution, or no root", () => {
    expect(() => requireDebian(0, 'ID=fedora\nPRETTY_NAME="Fedora Linux 43"\n')).toThrow("this is Fedora Linux 43");
    expect(() => requireDebian(1000, "ID=debian\n")).toThrow("needs root");
    expect(() => requireDebian(0, 'ID=linuxmint\nID_LIKE="ubuntu debian"\n')).not.toThrow();
  });
});

describe("the policy that keeps services from starting", () => {
  it.each([
    ["", false],
    ["#!/bin/sh\nexit 0\n", true],
  ])("puts the machine's own (%j) back", (own, had) => {
    const file = path.join(folder, "policy-rc.d");
    if (had) fs.writeFileSync(file, own, { mode: 0o755 });
    new NoServiceStarts(file).begin();
    expect(fs.readFileSync(file, "utf8")).toContain("exit 101");
    expect(fs.statSync(file).mode & 0o100, "root may run it, whatever the umask is").toBe(0o100);
    expect(new NoServiceStarts(file).isLeft()).toBe(true);
    new NoServiceStarts(file).begin(); // a second run after one that was killed
    new NoServiceStarts(file).end();
    expect(fs.readdirSync(folder)).toEqual(had ? ["policy-rc.d"] : []);
    if (had) expect(fs.readFileSync(file, "utf8")).toBe(own);
  });
});

describe("a thing that is made whole", () => {
  it("is not there when making it fails, and leaves nothing behind", async () => {
    const target = path.join(folder, "thing");
    await expect(makeWhole(target, async () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it("is there once, also when two make it, and clears what a killed run left", async () => {
    const target = path.join(folder, "thing");
    fs.mkdirSync(path.join(folder, ".thing.999999999"));
    const fill = async (scratch: string): Promise<void> => {
      fs.writeFileSync(path.join(scratch, "a"), "1");
      if (!fs.existsSync(target)) fs.cpSync(scratch, target, { recursive: true }); // the other run
    };
    await makeWhole(target, fill);
    expect(fs.readdirSync(folder)).toEqual(["thing"]);
    expect(fs.readFileSync(path.join(target, "a"), "utf8")).toBe("1");
  });
});
