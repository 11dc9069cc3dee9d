import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withLock, type LockOptions } from "../../../base/lock";
import { lockFolders } from "../../../base/lock-folder";
import { isAlive, identify } from "../../../embedded/node/processes";
import { projectRoot } from "../../../base/paths";
import { compiled } from "../../support/compiled";
import { needs, withoutRoot } from "../../support/needs";

const name = (suffix: string) => `test:${process.pid}:${suffix}`;
const silent = () => {};
/** A user who is neither root nor the one of this test. */
const NOBODY = 65534;

let scratch: string;
let folder: string;
const started: number[] = [];
beforeEach(() => {
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-lock-"));
  folder = path.join(scratch, "locks");
});
afterEach(() => {
  for (const pid of started.splice(0)) if (isAlive(identify(pid))) process.kill(pid, "SIGKILL");
  fs.rmSync(scratch, { recursive: true });
});
const take = (suffix: string, options: LockOptions = {}) =>
  withLock(name(suffix), silent, async () => "in", { timeout: 0, folders: [folder], ...options });

/** A process, once it has printed its first line, with that line. */
async function begun(child: ChildProcess): Promise<string> {
  started.push(child.pid!);
  const [line] = (await once(createInterface({ input: child.stdout! }), "line")) as [string];
  return line;
}

it("a lock is never taken through a link, which would leave its file somewhere else", async () => {
  expect(await take("link")).toBe("in");
  const elsewhere = path.join(scratch, "elsewhere");
  fs.symlinkSync(elsewhere, path.join(folder, name("link").replace(/[^\w.-]/g, "-")));
  await expect(take("link")).rejects.toThrow("ELOOP");
  expect(fs.existsSync(elsewhere)).toBe(false);
});

/** Another process that holds a lock with this project's code, out of another checkout; it starts a child in a session of its own. */
async function holder(suffix: string): Promise<ChildProcess> {
  const other = path.join(scratch, "checkout");
  for (const file of ["files", "process-answer", "seat-error", "lock", "lock-folder", "lock-holder", "process-id"].map(
    (part) => `base/${part}.ts`,
  )) {
    fs.mkdirSync(path.dirname(path.join(other, file)), { recursive: true });
    fs.copyFileSync(path.join(projectRoot, file), path.join(other, file));
  }
  const script = `const { withLock } = require("./base/lock");
    withLock(${JSON.stringify(name(suffix))}, () => {}, async () => {
      const child = require("node:child_process").spawn("sleep", ["300"], { detached: true, stdio: "ignore" });
      console.log(child.pid);
      await new Promise(() => setInterval(() => {}, 1000));
    }, { folders: [${JSON.stringify(folder)}] });`;
  const run = `require(${JSON.stringify(await compiled(other, script, other))})`;
  return spawn(process.execPath, ["-e", run, "run.mjs", "up\u001b]0;owned\u0007\u202e", "x".repeat(2000)], {
    cwd: other,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

describe("a lock", () => {
  it("lets one after the other in, and leaves no file", async () => {
    let inside = 0;
    const seen: number[] = [];
    const enter = () =>
      withLock(
        name("order"),
        silent,
        async () => {
          seen.push(++inside);
          await sleep(2);
          inside--;
        },
        { folders: [folder] },
      );
    await Promise.all(Array.from({ length: 12 }, enter));
    expect(seen).toEqual(Array(12).fill(1));
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it("is given back when the work fails", async () => {
    await expect(withLock(name("fails"), silent, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await withLock(name("fails"), silent, async () => "in", { timeout: 0 })).toBe("in");
  });

  it("tells who holds it, and gives up in time", async () => {
    const waits: string[] = [];
    await withLock(name("busy"), silent, async () => {
      await expect(
        withLock(
          name("busy"),
          (holder) => waits.push(holder),
          async () => {},
          { timeout: 200 },
        ),
      ).rejects.toThrow("for too long");
    });
    expect(waits).toHaveLength(1);
    expect(waits[0]).toContain(`process ${process.pid}`);
  });

  it("is one for all checkouts, and free as soon as its holder is killed, whatever the holder has started", async () => {
    const other = await holder("killed");
    const child = Number(await begun(other));
    started.push(child);
    const waits: string[] = [];
    await expect(
      withLock(
        name("killed"),
        (who) => waits.push(who),
        async () => {},
        { timeout: 0, folders: [folder] },
      ),
    ).rejects.toThrow(`process ${other.pid} (`);
    // What a terminal would obey is not shown, nor more of a command than a line has room for.
    expect(waits).toEqual([expect.stringMatching(/^process \d+ \([\x20-\x7e]*run\.mjs up \]0;owned +x+…\)$/)]);
    expect(waits[0]!.length).toBeLessThan(160);

    other.kill("SIGKILL");
    await once(other, "exit");
    expect(isAlive(identify(child))).toBe(true);
    expect(fs.readFileSync(path.join(folder, fs.readdirSync(folder)[0]!), "utf8")).toMatch(
      new RegExp(`^${other.pid} `),
    );
    expect(await take("killed")).toBe("in");
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it("does not name a process that is gone as its holder", async () => {
    fs.mkdirSync(folder, { mode: 0o700 });
    const file = path.join(folder, name("dead").replaceAll(":", "-"));
    fs.writeFileSync(file, `${process.pid} 1 run.mjs up`); // this process's number, as another had it before
    const child = spawn("flock", [file, "sh", "-c", "echo held; exec sleep 300"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await begun(child);
    started.push(
      ...execFileSync("ps", ["-o", "pid=", "--ppid", String(child.pid)], { encoding: "utf8" })
        .trim()
        .split(/\s+/)
        .map(Number),
    );
    const waits: string[] = [];
    await expect(
      withLock(
        name("dead"),
        (who) => waits.push(who),
        async () => {},
        { timeout: 150, folders: [folder] },
      ),
    ).rejects.toThrow(/^Another process has been holding/);
    expect(waits).toEqual([]);
  });
});

describe("a lock without what it needs", () => {
  it.each([
    [
      "another user's",
      () => fs.chownSync(folder, NOBODY, NOBODY),
      `belongs to user ${NOBODY}: others could hold the locks.`,
    ],
    ["open to others", () => fs.chmodSync(folder, 0o755), "has mode 0755 instead of 0700"],
    ["a link", () => (fs.rmdirSync(folder), fs.symlinkSync(scratch, folder)), "is a symbolic link"],
    ["a file", () => (fs.rmdirSync(folder), fs.writeFileSync(folder, "")), "is not a folder"],
  ])("is refused by one sentence: its folder is %s", async (_, change, said) => {
    fs.mkdirSync(folder, { mode: 0o700 });
    change();
    let worked = false;
    const entering = withLock(name("folder"), silent, async () => void (worked = true), { folders: [folder] });
    await expect(entering).rejects.toThrow(`${folder} must be the folder of this user's locks, but it ${said}`);
    await expect(entering).rejects.toMatchObject({ name: "SeatError" });
    expect(worked).toBe(false);
  });

  it("is refused: its folder cannot be made, or flock is missing or fails", async () => {
    await expect(take("a", { folders: ["/proc/no-locks"] })).rejects.toThrow(
      /^\/proc\/no-locks, the folder of this user's locks, cannot be made: .*Nothing has been done/,
    );
    await expect(take("b", { flock: path.join(scratch, "none") })).rejects.toThrow(
      /^The program flock, .* cannot be started: it is not installed\. Install the package util-linux/,
    );
    fs.writeFileSync(path.join(scratch, "broken"), "#!/bin/sh\necho 'no locks available' >&2; exit 71\n", {
      mode: 0o755,
    });
    await expect(take("c", { flock: path.join(scratch, "broken") })).rejects.toThrow(
      "flock could not lock: no locks available. Nothing has been done.",
    );
  });
});

describe("another user of the machine", needs(withoutRoot), () => {
  const asNobody = ["--reuid", String(NOBODY), "--regid", String(NOBODY), "--clear-groups"];

  it("cannot hold a lock: not by a socket of its name, and not by its file, which that user cannot reach", async () => {
    const socket = JSON.stringify(`\0istio-lab:${name("strangers")}`.padEnd(108, "\0"));
    const stranger = spawn(
      "setpriv",
      [
        ...asNobody,
        process.execPath,
        "-e",
        `require("net").createServer().listen(${socket}, () => console.log(process.getuid()))`,
      ],
      { cwd: "/", stdio: ["ignore", "pipe", "inherit"] },
    );
    expect(await begun(stranger)).toBe(String(NOBODY));
    const [outer, inner] = lockFolders();
    expect([outer, inner]).toEqual(["/run/istio-lab", "/run/istio-lab/locks"]);
    const tried = await withLock(
      name("strangers"),
      silent,
      async () => {
        const file = path.join(inner!, name("strangers").replaceAll(":", "-"));
        expect(fs.existsSync(file)).toBe(true);
        return [
          [file, "true"],
          [outer!, "true"],
        ].map((args) => spawnSync("setpriv", [...asNobody, "flock", "-n", ...args], { cwd: "/", encoding: "utf8" }));
      },
      { timeout: 0 },
    );
    for (const { status, stderr } of tried)
      expect([status, stderr]).toEqual([66, expect.stringContaining("Permission denied")]);
  });

  it("has locks below a home of their own, and takes them", () => {
    const home = path.join(scratch, "home");
    fs.chmodSync(scratch, 0o755);
    fs.mkdirSync(home);
    fs.chownSync(home, NOBODY, NOBODY);
    const script = path.join(projectRoot, "base/lock.ts");
    const bundle = path.join(scratch, "lock.cjs");
    execFileSync(path.join(projectRoot, "node_modules/.bin/esbuild"), [
      script,
      "--bundle",
      "--platform=node",
      `--outfile=${bundle}`,
      "--log-level=error",
    ]);
    fs.chmodSync(bundle, 0o644); // whatever the user's umask is
    const text = `require(${JSON.stringify(bundle)}).withLock("class:x", () => {}, async () => console.log("in")).catch(({ message }) => console.log(message))`;
    const run = (HOME: string) =>
      spawnSync("setpriv", [...asNobody, process.execPath, "-e", text], {
        cwd: "/",
        env: { HOME, PATH: process.env.PATH },
        encoding: "utf8",
      }).stdout.trim();
    expect(run(home)).toBe("in");
    expect(fs.statSync(path.join(home, ".cache/istio-lab/locks"))).toMatchObject({ uid: NOBODY, mode: 0o40700 });
    expect(run("/nonexistent")).toMatch(
      /^\/nonexistent\/\.cache\/istio-lab\/locks, the folder of this user's locks, cannot be made: /,
    );
  });
});
