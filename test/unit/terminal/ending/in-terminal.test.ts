import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../../../base/paths";
import { userEnvironment } from "../../../support/checkout";
import { compiled } from "../../../support/compiled";
import { needs, withoutLinux } from "../../../support/needs";

const support = path.join(projectRoot, "test", "support", "ending");

/** `npm run up` by the real npm and the script of package.json, with a stand-in for the engine. */
describe.concurrent("the engine of npm run up", needs(withoutLinux), () => {
  let folder: string;
  let runs = 0;
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-ending-"));
    const { up } = (
      JSON.parse(fs.readFileSync(path.join(projectRoot, "package.json"), "utf8")) as { scripts: { up: string } }
    ).scripts;
    fs.writeFileSync(
      path.join(folder, "package.json"),
      JSON.stringify({ name: "ending", scripts: { up: up.replace("cli/run.mjs", "run.cjs") } }),
    );
    // Not in the folder itself: npm would put its packages' programs before the stand-in.
    const code = path.join(folder, "code");
    fs.mkdirSync(code);
    const script = await compiled(code, 'require("./test/support/ending/run")');
    fs.writeFileSync(path.join(folder, "run.cjs"), `require(${JSON.stringify(script)});\n`);
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  function begin(
    env: Record<string, string> = {},
    how: (notes: string) => string[] = () => ["npm", "run", "-s", "up"],
  ) {
    const notes = path.join(folder, `notes-${(runs += 1)}`);
    const [file, ...args] = how(notes);
    const child = spawn(file!, args, {
      cwd: folder,
      env: {
        ...userEnvironment(),
        LC_ALL: "C",
        PATH: `${support}${path.delimiter}${process.env.PATH}`,
        NOTES: notes,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let printed = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (printed += text));
    const ended = new Promise<number>((resolve) =>
      child.once("close", (code, signal) => resolve(code ?? 128 + os.constants.signals[signal!])),
    );
    const noted = () => (fs.existsSync(notes) ? fs.readFileSync(notes, "utf8").trim().split("\n") : []);
    return { child, ended, noted, printed: () => printed };
  }

  /** Without npm, where it makes no difference: to start it takes longer than the rest. */
  const alone = () => [process.execPath, "run.cjs", "up"];

  async function started(run: { noted: () => string[]; printed: () => string }): Promise<void> {
    for (const late = Date.now() + 20_000; !run.noted().includes("started"); await sleep(20))
      if (Date.now() > late) throw new Error(`not started:\n${run.printed()}`);
  }

  const group = ({ pid }: ChildProcess) => -pid!;
  const npm = ({ pid }: ChildProcess) => pid!;

  it.each([
    ["SIGTERM to npm alone, as `kill` sends it", "SIGTERM", npm, 143],
    ["SIGTERM to all of the group and to npm, as `timeout` sends it", "SIGTERM", group, 143],
    ["Ctrl-C in a terminal, which signals the whole group", "SIGINT", group, 130],
    ["SIGHUP to all of the group, as a terminal that is closed sends it", "SIGHUP", group, 129],
  ] as const)("%s: interrupts it once, waits for it, and ends as a shell has it", async (_, signal, whom, code) => {
    const run = begin();
    await started(run);
    process.kill(whom(run.child), signal);
    expect(await run.ended, run.printed()).toBe(code);
    expect(run.noted()).toEqual(["started", "SIGINT", "ended"]);
    // Where npm itself dies of the signal, nobody reads its pipe's last words.
    if (signal !== "SIGHUP")
      expect(run.printed()).toMatch(
        new RegExp(
          `Heard: ${signal}\\. pulumi is interrupted\\. It finishes its present step within 20 s .*\n[^]*pulumi was ended by ${signal}, after \\d+ s of work\\. \`npm run up -- --stack embedded\` continues from here`,
        ),
      );
    expect(run.printed()).not.toMatch(/^\s+at .*:\d+/m);
  });

  it("npm killed, or hung up, without a word to us: interrupts it too", async () => {
    const run = begin();
    await started(run);
    process.kill(npm(run.child), "SIGKILL");
    await run.ended;
    expect(run.noted()).toEqual(["started", "SIGINT", "ended"]);
  });

  it("that does not end is interrupted again, then killed with its plugins; a seat that it started goes on", async () => {
    const run = begin({ AT: "9", PLUGIN: "1", BOUNDS: "700,600" }, alone);
    await started(run);
    const [plugin, seat] = ["plugin", "seat"].map((name) =>
      Number(
        run
          .noted()
          .find((line) => line.startsWith(name))!
          .split(" ")[1],
      ),
    );
    try {
      process.kill(run.child.pid!, "SIGTERM");
      expect(await run.ended, run.printed()).toBe(143);
      expect(run.noted().filter((line) => line.startsWith("SIG"))).toEqual(["SIGINT", "SIGINT"]);
      expect(run.printed()).toMatch(
        /step within 0\.7 s [^]*Not ended after 0\.7 s: pulumi must stop at once, .* It is killed after 0\.6 s\.[^]*Not ended after 0\.6 s: pulumi is killed\./,
      );
      expect([lives(plugin!), lives(seat!)]).toEqual([false, true]);
    } finally {
      process.kill(seat!, "SIGKILL");
    }
  });

  it("whose reader is gone (`| head`) ends in order, and without a stack trace", async () => {
    const run = begin({ TALK: "1" }, (notes) => [
      "bash",
      "-c",
      `npm run -s up 2>"${notes}.err" | head -1; echo "\${PIPESTATUS[0]}"`,
    ]);
    await run.ended;
    expect(run.printed()).toBe("Updating (embedded)\n141\n");
    expect(run.noted()).toEqual(["started", "SIGINT", "ended"]);
    const said = fs.readFileSync(
      path.join(
        folder,
        fs.readdirSync(folder).find((name) => name.endsWith(".err"))!,
      ),
      "utf8",
    );
    expect(said).toMatch(/Heard: the reader of standard output is gone\. pulumi is interrupted/);
    expect(said).not.toMatch(/^\s+at .*:\d+/m);
  });

  it("whose output cannot be written (a full disk) goes on to its end, and says so once", async () => {
    const run = begin({ TALK: "1", SHORT: "1" }, () => ["bash", "-c", 'exec "$0" "$@" > /dev/full', ...alone()]);
    expect(await run.ended, run.printed()).toBe(0);
    expect(run.printed()).toBe(
      "Standard output cannot be written: ENOSPC: no space left on device, write. The run continues without it.\n",
    );
    expect(run.noted()).toEqual(["started"]);
  });

  it("is interrupted where this program fails by a defect that nobody catches", async () => {
    const run = begin({ DEFECT: "1" }, alone);
    expect(await run.ended).toBe(1);
    expect(run.printed()).toMatch(
      /TypeError: .*\n\s+at [^]*Heard: an error that nobody caught\. pulumi is interrupted/,
    );
    expect(run.noted()).toEqual(["started", "SIGINT", "ended"]);
  });
});

function lives(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(fs.readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
