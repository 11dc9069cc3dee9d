import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { userEnvironment } from "../support/checkout";
import { liveSeats, lockFiles, runnerOf, seatName, SimulatedClass, until } from "../support/simulated";

const seats = 30;
const broken = "seat-17";
const fault = "QuotaExceeded: the simulated cloud has no cores left in westeurope";

/**
 * A class of thirty, with simulated seats (test/support/simulated/README.md: real engine, stacks, locks and runner; no cluster and no mesh, so that nothing
 * here says anything about one): killed in the middle, interrupted in the middle, gone on with, one broken seat among them, and taken away.
 */
describe(`a class of ${seats} simulated seats`, () => {
  let room: SimulatedClass;
  const printed: string[] = [];
  const done = () => room.printed.match(/^seat-\d\d: done/gm)?.length ?? 0;
  const status = async () => {
    const { stdout } = await room.run("status", "--json");
    return (JSON.parse(stdout) as { seats: { seat: string; resources: number }[] }).seats;
  };

  beforeAll(async () => {
    room = await SimulatedClass.create(seats, { seconds: 1 });
    room.set(`fault.${broken}`, fault);
  });
  afterAll(async () => room?.lab.remove());

  it("killed with -9 after some seats", async () => {
    const up = room.start("up", "--concurrency", "6");
    await until(() => done() >= 6, 300);
    process.kill(runnerOf(room)!, "SIGKILL");
    printed.push((await up).all);
    expect((await status()).filter(({ resources }) => resources > 0).length).toBeGreaterThanOrEqual(6);
  });

  it("goes on from there, and after some more is ended by Ctrl-C in the terminal", async () => {
    const up = room.start("up", "--concurrency", "6");
    await until(() => done() >= 10, 300);
    process.kill(-up.pid!, "SIGINT");
    const ended = await up;
    printed.push(ended.all);
    expect(ended.all).toMatch(/^class class: up · \d+ of 30 done, .*interrupted, \d+ skipped/m);
    expect((await status()).filter(({ resources }) => resources === 0).length).toBeGreaterThan(5);
    expect(lockFiles(room)).toEqual([]);
    await until(() => liveSeats(room).length === 0, 10);
  });

  it("goes on to its end: 29 seats are up, and one is told by name with its reason, on a board that a terminal of 40 lines has whole", async () => {
    const typescript = path.join(room.lab.root, "terminal.txt");
    const command = `stty rows 40 cols 120; npm run -s class -- ${room.args("up").join(" ")}`;
    const env = {
      ...userEnvironment(),
      TERM: "xterm",
      PATH: `${path.join(room.lab.root, "bin")}${path.delimiter}${process.env.PATH ?? ""}`,
    };
    const { exitCode } = await execa("script", ["-qefc", command, typescript], {
      cwd: room.lab.root,
      env,
      extendEnv: false,
      reject: false,
      stdin: "ignore",
      stdout: "ignore",
    });
    const terminal = fs.readFileSync(typescript, "utf8");
    printed.push(terminal);
    expect(exitCode, terminal.slice(-3000)).toBe(1);
    const frames = terminal.split(/\u001b\[\d+A\u001b\[J/).map((frame) => frame.replaceAll("\r", "").split("\n"));
    const board = frames.at(-1)!.slice(0, 32);
    console.info(board.join("\n"));
    for (let number = 1; number <= seats; number += 1) {
      const rows = board.filter((line) => line.startsWith(seatName(number)));
      expect(rows, seatName(number)).toHaveLength(1);
      expect(rows[0], seatName(number)).toMatch(seatName(number) === broken ? /failed .* QuotaExceeded/ : / done /);
    }
    expect(board[0]).toMatch(/^class class: up · 29 of 30 done, 1 failed · /);
    for (const line of board) expect(line.length).toBeLessThan(120);
    expect(frames.slice(1, -1).every((frame) => frame.length <= 40)).toBe(true);
    expect(room.cloud()).toHaveLength(2 * (seats - 1));
    expect(fs.readFileSync(path.join(room.folder, "board.html"), "utf8")).toContain("QuotaExceeded");
  });

  it("is whole once the fault is mended, and the page says so", async () => {
    room.set(`fault.${broken}`);
    const up = await room.ok("up", "--only", broken);
    printed.push(up.all);
    expect(room.cloud()).toHaveLength(2 * seats);
  });

  it("destroy proves that nothing is left of any, and nothing has told a secret", async () => {
    const secrets = [fs.readFileSync(path.join(room.lab.root, ".lab", "passphrase"), "utf8").trim(), "not-for-anybody"];
    const destroyed = await room.ok("destroy", "--yes");
    printed.push(destroyed.all);
    expect(destroyed.stdout).toContain(`Proof: ${8 * seats} queries found nothing`);
    expect(room.cloud()).toEqual([]);
    expect((await room.lab.pulumi("stack", "ls", "--json")).stdout.trim()).toBe("[]");
    expect([lockFiles(room), liveSeats(room)]).toEqual([[], []]);
    for (const { file, text } of [...room.written(), ...printed.map((text) => ({ file: "printed", text }))])
      for (const secret of secrets) expect(text.includes(secret), file).toBe(false);
  });
});
