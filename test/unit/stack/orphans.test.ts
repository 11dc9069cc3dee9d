import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { endOrphans, RUN_MARK } from "../../../cli/stack/orphans";
import { until } from "../../support/http";
import { endStrangers, NOBODY, publicFolder } from "../../support/strangers";
import { needs, withoutRoot } from "../../support/needs";

const PLUGIN = "pulumi-resource-pulumi-nodejs";
let checkout: string;
let started: number[];
beforeEach(() => {
  checkout = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-orphans-"));
  started = [];
});
afterEach(async () => {
  await endStrangers();
  for (const pid of started.filter(lives)) process.kill(pid, "SIGKILL");
  fs.rmSync(checkout, { recursive: true });
});

function lives(pid: number): boolean {
  try {
    return !/\) Z /.test(fs.readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

const parentOf = (pid: number) => Number(/\) \S (\d+)/.exec(fs.readFileSync(`/proc/${pid}/stat`, "utf8"))![1]);

/** A process by this name that sleeps, started by a shell that ends (an orphan) or goes on as a process named `above`, itself an orphan or this test's. */
async function start(name: string, mark: string | undefined, above?: string, orphaned = !above): Promise<number> {
  const link = (file: string) => {
    const whole = path.join(checkout, file);
    if (!fs.existsSync(whole)) fs.symlinkSync("/bin/sleep", whole);
    return whole;
  };
  const script = `"${link(name)}" 60 >/dev/null 2>&1 & echo $!; ${above ? `exec "${link(above)}" 60` : ""}`;
  const shell = spawn("sh", ["-c", above && orphaned ? `(${script}) &` : script], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, ...(mark ? { [RUN_MARK]: mark } : {}) },
  });
  const pid = Number(
    await new Promise((resolve) => shell.stdout.once("data", (text: Buffer) => resolve(text.toString()))),
  );
  started.push(pid);
  await until(
    "its name",
    5,
    async () => fs.readFileSync(`/proc/${pid}/cmdline`, "utf8"),
    (command) => command.includes(name),
  );
  const top = above ? parentOf(pid) : pid;
  if (above) started.push(top);
  if (above)
    await until(
      "the name above",
      5,
      async () => fs.readFileSync(`/proc/${top}/cmdline`, "utf8"),
      (command) => command.includes(above),
    );
  if (orphaned)
    await until(
      "to be an orphan",
      5,
      async () => parentOf(top),
      (parent) => parent === 1,
    );
  return pid;
}

it("ends a plugin that a killed run of this checkout left, and says so", async () => {
  const plugin = await start(PLUGIN, checkout);
  expect(endOrphans(checkout)).toEqual(["Ended a process left by a killed run."]);
  await until(
    "its end",
    5,
    async () => lives(plugin),
    (alive) => !alive,
  );
  expect(endOrphans(checkout)).toEqual([]);
});

it("ends what runs below an orphaned language host with it", async () => {
  const program = await start(PLUGIN, checkout, "pulumi-language-nodejs", true);
  const host = parentOf(program);
  expect(endOrphans(checkout)).toEqual(["Ended 2 processes left by a killed run."]);
  await until(
    "their end",
    5,
    async () => [program, host].map(lives),
    (alive) => !alive.includes(true),
  );
});

it("leaves a language host, and what runs below it, while something is above them", async () => {
  const program = await start(PLUGIN, checkout, "pulumi-language-nodejs"); // below this test
  expect(endOrphans(checkout)).toEqual([]);
  expect([program, parentOf(program)].map(lives)).toEqual([true, true]);
});

it("leaves those of another checkout, of nobody, with a living engine above them, and other programs", async () => {
  const others = [
    await start(PLUGIN, `${checkout}-other`),
    await start(PLUGIN, undefined),
    await start(PLUGIN, checkout, "pulumi"),
    await start("kubectl", checkout),
  ];
  expect(endOrphans(checkout)).toEqual([]);
  expect(others.map(lives)).toEqual([true, true, true, true]);
});

it("ends the helm that a killed plugin ran: it would go on with a release whose record is taken away", async () => {
  const [helm, users] = [await start("helm upgrade istiod", checkout), await start("helm upgrade mine", undefined)];
  expect(endOrphans(checkout)).toEqual(["Ended a process left by a killed run."]);
  await until(
    "its end",
    5,
    async () => lives(helm),
    (alive) => !alive,
  );
  expect(lives(users)).toBe(true);
});

it(
  "leaves another user's, whatever he calls it and whichever checkout he says, also in a setuid program",
  needs(withoutRoot),
  async () => {
    const folder = publicFolder();
    const put = (from: string, name: string, mode = 0o755) => {
      fs.copyFileSync(fs.realpathSync(from), path.join(folder, name));
      fs.chmodSync(path.join(folder, name), mode);
      return path.join(folder, name);
    };
    const env = { PATH: process.env.PATH, [RUN_MARK]: checkout };
    const orphan = (...command: string[]) =>
      Number(
        execFileSync("sh", ["-c", '"$@" >/dev/null 2>&1 & echo $!', "sh", ...command], {
          env,
          uid: NOBODY,
          gid: NOBODY,
          encoding: "utf8",
        }),
      );
    const plain = orphan(put("/bin/sleep", PLUGIN), "60");
    const setuid = orphan(put("/usr/bin/perl", "perl", 0o4755), "-e", "$< = 0; $> = 0; sleep 60", "/pulumi-resource-x");
    started.push(plain, setuid);
    await until(
      "to be root",
      5,
      async () => fs.readFileSync(`/proc/${setuid}/status`, "utf8"),
      (status) => /^Uid:\t0\t0\t0\t0$/m.test(status),
    );
    for (const pid of [plain, setuid])
      await until(
        "to be an orphan",
        5,
        async () => parentOf(pid),
        (parent) => parent === 1,
      );
    expect(endOrphans(checkout)).toEqual([]);
    expect([plain, setuid].map(lives)).toEqual([true, true]);
  },
);
