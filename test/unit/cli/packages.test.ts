import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { identify, isAlive } from "../../../embedded/node/processes";
import { projectRoot } from "../../../base/paths";
import { contained, endStrangers, NOBODY, sleeper } from "../../support/strangers";
import { needs, withoutRoot } from "../../support/needs";

/** A clone as far as run.mjs goes. Its npm is a stand-in that takes its time; tsx and main.ts are what that npm installs, and a script that says so. */
let root: string;
let bin: string;
/** The PATH of the commands. */
let searched: string;
const started: ChildProcess[] = [];
const at = (...name: string[]) => path.join(root, ...name);

beforeEach(() => makeClone("istio-lab 100% #1-"));
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
  await endStrangers();
  fs.rmSync(root, { recursive: true });
});

function makeClone(prefix: string): void {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), prefix)));
  bin = at("bin");
  searched = `${bin}:${process.env.PATH}`;
  fs.mkdirSync(at("cli"));
  fs.mkdirSync(bin);
  for (const file of ["run.mjs", "packages.mjs", "packages-in-use.mjs"])
    fs.copyFileSync(path.join(projectRoot, "cli", file), at("cli", file));
  fs.writeFileSync(at("package-lock.json"), "{}");
  fs.writeFileSync(
    at("cli/main.ts"),
    'exports.run = () => (process.argv[2] === "hold" ? (console.log("held"), setInterval(() => {}, 1000)) : console.log("ran"));',
  );
  put(
    "npm",
    `#!/bin/sh
echo "begin $1" >> ../log
rm -rf node_modules; sleep 0.3; mkdir -p node_modules/tsx/cjs
echo 'exports.register = () => {};' > node_modules/tsx/cjs/api.js
echo end >> ../log`.replaceAll("../log", `"$LOG"`),
  );
}

function put(name: string, text: string): void {
  fs.writeFileSync(path.join(bin, name), text, { mode: 0o755 });
}

function start(...words: string[]): ChildProcess & { said: string } {
  const child = Object.assign(run(process.execPath, ["cli/run.mjs", ...words]), { said: "" });
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding("utf8").on("data", (part: string) => (child.said += part));
  return child;
}

const closed = new WeakMap<ChildProcess, Promise<unknown>>();

function run(file: string, words: string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(file, words, {
    cwd: root,
    env: { PATH: searched, LOG: at("log"), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.push(child);
  closed.set(child, once(child, "close"));
  return child;
}

async function ended(child: ReturnType<typeof start>): Promise<[number | null, string]> {
  // Not "exit": what it said last may be read after that.
  await closed.get(child);
  return [child.exitCode, child.said];
}

const log = () => (fs.existsSync(at("log")) ? fs.readFileSync(at("log"), "utf8").trim().split("\n") : []);
async function until(what: () => boolean): Promise<void> {
  for (const began = Date.now(); !what(); await new Promise((resolve) => setTimeout(resolve, 10)))
    expect(Date.now() - began).toBeLessThan(10_000);
}

describe("npm packages", () => {
  it.each(["flock", "perl"])(
    "are installed once by two commands that a bare clone gets at once, locked by %s",
    async (locker) => {
      if (locker === "perl") {
        // A machine without flock has no program of that name.
        searched = bin;
        for (const name of ["sh", "sleep", "mkdir", "rm", "perl"])
          fs.symlinkSync(execFileSync("which", [name], { encoding: "utf8" }).trim(), path.join(bin, name));
      }
      const texts = await Promise.all([start("a"), start("b")].map(ended));
      for (const [code, text] of texts) expect([code, text]).toEqual([0, expect.stringMatching(/ran\n$/)]);
      expect(log()).toEqual(["begin ci", "end"]);
      expect(
        texts.filter(([, text]) =>
          /^Waiting for another command that installs the npm packages of this checkout …$/m.test(text),
        ),
      ).toHaveLength(1);
      expect(await ended(start("c"))).toEqual([0, "ran\n"]);
      expect([fs.statSync(at(".lab")), fs.statSync(at(".lab/packages.lock"))].map(({ mode }) => mode & 0o777)).toEqual([
        0o700, 0o600,
      ]);
    },
  );

  it("are installed again after a command that was killed, and not before the npm that it started has ended", async () => {
    const killed = start("a");
    await until(() => log().length === 1);
    killed.kill("SIGKILL");
    expect(await ended(start("b"))).toEqual([0, expect.stringMatching(/ran\n$/)]);
    expect(log()).toEqual(["begin ci", "end", "begin ci", "end"]);
  });

  it("are not removed under a command or an engine that works with them: the new command is refused, and names it", async () => {
    const held = start("hold", "--stack", "\u001b]0;owned\u0007");
    await until(() => held.said.endsWith("held\n"));
    fs.copyFileSync("/bin/sleep", at("bin/pulumi"));
    const engine = run(at("bin/pulumi"), ["300"], { ISTIO_LAB_RUN: root });
    const others = run(at("bin/pulumi"), ["300"], { ISTIO_LAB_RUN: `${root}-2` });
    fs.writeFileSync(at("package-lock.json"), '{ "new": true }');
    const [code, text] = await ended(start("a"));
    expect(code).toBe(1);
    expect(text).toBe(
      "The npm packages of this checkout differ from package-lock.json. npm would remove them while these programs use them: " +
        `${[`process ${held.pid} (${process.execPath} cli/run.mjs hold --stack  ]0;owned )`, `process ${engine.pid} (${at("bin/pulumi")} 300)`].join(", ")}. ` +
        "Nothing has been done. Run the same command again after they have ended.\n",
    );
    expect(log()).toEqual(["begin ci", "end"]);
    expect(isAlive(identify(others.pid!))).toBe(true);
    for (const child of [held, engine]) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    expect(await ended(start("a"))).toEqual([0, expect.stringMatching(/ran\n$/)]);
    expect(log()).toHaveLength(4);
  });

  it(
    "are not kept by another user, nor by root of a pod, who call themselves an engine of this checkout",
    needs(withoutRoot),
    async () => {
      const strangers = [
        (await sleeper({ ISTIO_LAB_RUN: root }, { name: "pulumi", uid: NOBODY })).pid!,
        await contained({ ISTIO_LAB_RUN: root }, "pulumi"),
      ];
      expect(await ended(start("a"))).toEqual([0, expect.stringMatching(/ran\n$/)]);
      expect(strangers.map((pid) => isAlive(identify(pid)))).toEqual([true, true]);
    },
  );

  it("are not locked by a file that a link leads to", async () => {
    fs.mkdirSync(at(".lab"));
    fs.symlinkSync(at("elsewhere"), at(".lab/packages.lock"));
    expect(await ended(start("a"))).toEqual([
      1,
      expect.stringMatching(
        /packages\.lock, which keeps two commands from installing npm packages at once, cannot be opened: ELOOP.*Nothing has been done\.\n$/,
      ),
    ]);
    expect([log(), fs.existsSync(at("elsewhere"))]).toEqual([[], false]);
  });
});

it.each([
  ["a question mark", "istio-lab 1?-"],
  ["a control character", "istio-lab\n-"],
])("a checkout with %s in its path is refused before anything is done", async (what, prefix) => {
  fs.rmSync(root, { recursive: true });
  makeClone(prefix);
  expect(await ended(start("a"))).toEqual([
    1,
    `istio-lab cannot run in ${JSON.stringify(root)}: ${what} is in the path. Nothing has been done. Rename that folder, and run the command again.\n`,
  ]);
  expect(fs.readdirSync(root).sort()).toEqual(["bin", "cli", "package-lock.json"]);
});
