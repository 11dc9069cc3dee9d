import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { breakDeadLocks, holderOf, repairCheckpoint } from "../../../cli/stack/state";
import { until } from "../../support/http";
import { contained, endStrangers, NOBODY, sleeper } from "../../support/strangers";
import { needs, withoutRoot } from "../../support/needs";

let state: string;
let child: ChildProcess | undefined;
beforeEach(() => void (state = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-state-"))));
afterEach(() => {
  child?.kill("SIGKILL");
  child = undefined;
  fs.rmSync(state, { recursive: true });
});

function lock(pid: number, { stack = "embedded", hostname = os.hostname(), text = "" } = {}): string {
  const file = path.join(state, ".pulumi", "locks", "organization", "istio-lab", stack, `${pid}-${hostname}.json`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(
    file,
    text || JSON.stringify({ pid, username: "root", hostname, timestamp: "2026-01-02T03:04:05Z" }),
  );
  return file;
}

/** The id of a process that has just ended. */
async function endedProcess(): Promise<number> {
  const ended = spawn("true");
  await new Promise((resolve) => ended.once("close", resolve));
  return ended.pid!;
}

/** Starts a process by the given name: a link to `sleep`. */
function start(name: string): number {
  const file = path.join(state, name);
  fs.symlinkSync("/bin/sleep", file);
  child = spawn(file, ["60"], { stdio: "ignore" });
  return child.pid!;
}

const nameOf = (pid: number) => /\((.*)\)/.exec(fs.readFileSync(`/proc/${pid}/stat`, "utf8"))![1];

describe("locks", () => {
  afterEach(endStrangers);

  it("of a process that is gone is broken, and said so", async () => {
    const pid = await endedProcess();
    const file = lock(pid);
    expect(breakDeadLocks(state, "embedded")).toEqual([
      `Broke the lock of process ${pid} (2026-01-02T03:04:05Z), which has ended: an earlier run was killed.`,
    ]);
    expect(fs.existsSync(file)).toBe(false);
  });

  it("of a living pulumi stays", async () => {
    const pid = start("pulumi");
    await until(
      "its name",
      5,
      async () => nameOf(pid),
      (name) => name === "pulumi",
    );
    const file = lock(pid);
    expect(breakDeadLocks(state, "embedded")).toEqual([]);
    expect(fs.existsSync(file)).toBe(true);
  });

  it("of a process whose id went to another program is broken", async () => {
    const pid = start("something-else");
    await until(
      "its name",
      5,
      async () => nameOf(pid),
      (name) => name === "something-else",
    );
    lock(pid);
    expect(breakDeadLocks(state, "embedded")).toHaveLength(1);
  });

  it("of a pulumi that began after the lock was taken is broken: it has the number of the one before", async () => {
    const pid = start("pulumi");
    await until(
      "its name",
      5,
      async () => nameOf(pid),
      (name) => name === "pulumi",
    );
    const file = lock(pid);
    fs.utimesSync(file, new Date(), new Date(Date.now() - 60_000));
    expect(breakDeadLocks(state, "embedded")).toHaveLength(1);
    expect(fs.existsSync(file)).toBe(false);
  });

  it(
    "of another user's process that is called pulumi is broken, unless the lock is his",
    needs(withoutRoot),
    async () => {
      const { pid } = await sleeper({}, { name: "pulumi", uid: NOBODY });
      const file = lock(pid!);
      fs.chownSync(file, NOBODY, NOBODY);
      expect(breakDeadLocks(state, "embedded")).toEqual([]);
      expect(holderOf(state, "embedded")).toBe(String(pid));
      fs.chownSync(file, 0, 0);
      expect(holderOf(state, "embedded")).toBeUndefined();
      expect(breakDeadLocks(state, "embedded")).toHaveLength(1);
    },
  );

  it(
    "of a process in a container that is called pulumi, as root of a pod may be, is broken",
    needs(withoutRoot),
    async () => {
      lock(await contained({}, "pulumi"));
      expect(breakDeadLocks(state, "embedded")).toHaveLength(1);
    },
  );

  it(
    "of a pulumi in a container that has this machine's name stays, by the number that it has there",
    needs(withoutRoot),
    async () => {
      // A pod's processes have a host name of their own: theirs says nothing of this machine.
      for (const [unshare, isKept] of [
        [[], true],
        [["--uts"], false],
      ] as const) {
        const numbers = fs
          .readFileSync(`/proc/${await contained({}, "pulumi", "", unshare)}/status`, "utf8")
          .match(/^NSpid:\s*(.*)$/m)![1]!
          .split(/\s+/);
        const file = lock(Number(numbers.at(-1)));
        expect(breakDeadLocks(state, "embedded")).toHaveLength(isKept ? 0 : 1);
        expect(fs.existsSync(file)).toBe(isKept);
        fs.rmSync(file, { force: true });
        await endStrangers();
      }
    },
  );

  it("of a killed pulumi whose parent has not noticed (a zombie) is broken", async () => {
    fs.symlinkSync("/bin/sleep", path.join(state, "pulumi"));
    // The shell becomes a sleep, which never waits for the child it inherits.
    child = spawn("sh", ["-c", `"${state}/pulumi" 0.2 & echo $!; exec sleep 60`], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const pid = Number(
      await new Promise((resolve) => child!.stdout!.once("data", (text: Buffer) => resolve(text.toString()))),
    );
    await until(
      "a zombie",
      5,
      async () => fs.readFileSync(`/proc/${pid}/stat`, "utf8"),
      (stat) => stat.includes("(pulumi) Z"),
    );
    lock(pid);
    expect(breakDeadLocks(state, "embedded")).toHaveLength(1);
  });

  it("of another machine, of another stack, and what cannot be read stay", async () => {
    const pid = await endedProcess();
    const files = [
      lock(pid, { hostname: "another.example" }),
      lock(pid, { stack: "embedded2" }),
      lock(1, { hostname: "broken", text: '{"pid": 1' }),
    ];
    expect(breakDeadLocks(state, "embedded")).toEqual([]);
    expect(files.filter((file) => !fs.existsSync(file))).toEqual([]);
  });

  it("that cannot be read is no lock of nobody's", () => {
    fs.mkdirSync(path.join(state, ".pulumi", "locks", "organization", "istio-lab", "embedded", "x.json"), {
      recursive: true,
    });
    expect(() => breakDeadLocks(state, "embedded")).toThrow("x.json cannot be read: EISDIR");
  });

  it("where there are none yet, nothing is broken", () => {
    expect(breakDeadLocks(state, "embedded")).toEqual([]);
  });
});

describe("a checkpoint", () => {
  const write = (now: string | undefined, before: string | undefined): string => {
    const file = path.join(state, ".pulumi", "stacks", "istio-lab", "embedded.json");
    fs.mkdirSync(path.dirname(file), { recursive: true });
    if (now !== undefined) fs.writeFileSync(file, now);
    if (before !== undefined) fs.writeFileSync(`${file}.bak`, before);
    return file;
  };

  it.each(["", '{"version": 3, "checkp'])("broken (%j) is put back to the one before", (broken) => {
    const file = write(broken, '{"version":3}');
    expect(repairCheckpoint(state, "embedded")).toEqual([
      "The state of stack embedded was broken by a killed run. It is restored to the one before.",
    ]);
    expect(fs.readFileSync(file, "utf8")).toBe('{"version":3}');
    expect(repairCheckpoint(state, "embedded")).toEqual([]);
  });

  it("that cannot be read is left as it is: that is no broken file", () => {
    const file = write(undefined, '{"version":3}');
    fs.mkdirSync(file);
    expect(() => repairCheckpoint(state, "embedded")).toThrow(`${file} cannot be read: EISDIR`);
    expect(fs.statSync(file).isDirectory()).toBe(true);
  });

  it.each([
    ["whole", '{"version":3,"new":true}', '{"version":3}'],
    ["broken, with a broken one before", "{", "{"],
    ["broken, with none before", "{", undefined],
    ["missing (its stack was removed)", undefined, '{"version":3}'],
  ])("%s is left as it is", (_, now, before) => {
    const file = write(now, before);
    expect(repairCheckpoint(state, "embedded")).toEqual([]);
    expect(fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined).toBe(now);
  });
});
