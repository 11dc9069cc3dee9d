import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { barePulumi, type BarePulumi } from "../support/bare-pulumi";
import { jsonOf } from "../support/checkout";
import { expectLeftBehind, stackFilesOf, takeKept } from "../support/left-behind";
import { liveSeats, lockFiles, runnerOf, SimulatedClass, until } from "../support/simulated";

/** Of two at a time one runs, one is done or runs, and one waits. */
const seats = 3;

/**
 * An interrupted `class up`, the next one, and `class destroy`, over simulated seats: test/support/simulated/README.md says what is simulated. Who may change
 * which stack, Ctrl-C, retries and the lock are decided in test/unit/class; their whole story on real engines is test/rehearsal/class-interrupted.test.ts.
 */
describe(`a class of ${seats} simulated seats`, () => {
  let room: SimulatedClass;
  let pulumi: BarePulumi;
  const printed: string[] = [];
  const run = async (verb: string, ...args: string[]) => {
    const ended = await room.run(verb, ...args);
    printed.push(ended.all);
    return ended;
  };

  const file = (stack: string) => path.join(room.lab.root, `Pulumi.${stack}.yaml`);
  const stackFiles = () => stackFilesOf(room);

  beforeAll(async () => {
    room = await SimulatedClass.create(seats);
    pulumi = await barePulumi(room.lab);
    // Somebody's own file, with a comment of theirs: the class lays its config over it.
    fs.writeFileSync(file("seat-02"), `# Mine.\n${fs.readFileSync(file("simulated"), "utf8")}`);
  });
  afterAll(async () => room?.lab.remove());

  it("killed with -9 in the middle: status tells it, and nothing of it is lost", async () => {
    room.set("seconds", "6");
    const up = room.start("up", "--concurrency", "2");
    await until(() => room.log("seat-01", "up").includes("group creating"), 120);
    process.kill(runnerOf(room)!, "SIGKILL");
    expect((await up).exitCode).not.toBe(0);
    const status = await run("status", "--json");
    expect(status.exitCode).toBe(1);
    const { seats: rows } = jsonOf<{ seats: { seat: string; phase: string }[] }>(status);
    expect(rows[2]!.phase).toBe("waiting");
    expect(["failed", "running"]).toContain(rows[0]!.phase);
  });

  it("run again ends what the killed run left, and makes the rest: one seat fails by its fault and is told by name, the others are up", async () => {
    room.set("seconds", "0");
    room.set("fault.seat-03", "QuotaExceeded: the simulated cloud has no machine for you");
    const up = await run("up", "--json", "--concurrency", "3");
    expect(up.exitCode).toBe(1);
    expect(up.all).toMatch(/Broke the lock|Ended/);
    const { seats: rows } = jsonOf<{ seats: { seat: string; status: string; trouble?: string }[] }>(up);
    expect(rows.filter(({ status }) => status !== "done").map(({ seat, trouble }) => [seat, trouble])).toEqual([
      ["seat-03", "Resource group: QuotaExceeded: the simulated cloud has no machine for you"],
    ]);
    expect(room.cloud()).toHaveLength(2 * (seats - 1));
    expect(room.log("seat-03", "up")).toContain("QuotaExceeded");
    expect(fs.readFileSync(path.join(room.folder, "board.html"), "utf8")).toContain("QuotaExceeded");
    expect(lockFiles(room)).toEqual([]);
  });

  it("with the fault gone makes what is missing, takes a seat's changed config along, and leaves no stack selected", async () => {
    room.set("fault.seat-03");
    await pulumi("config", "set", "--secret", "simulated:password", "hunter2-of-seat-02", "--stack", "seat-02");
    const up = await run("up", "--only", "seat-02", "seat-03");
    expect(up.exitCode, up.all).toBe(0);
    expect(up.all).toMatch(/seat-02: done after .*1 updated/);
    expect(room.cloud()).toHaveLength(2 * seats);
    await pulumi("preview", "--stack", "seat-03", "--expect-no-changes");
    const stacks = JSON.parse((await pulumi("stack", "ls", "--json")).stdout) as { name: string; current: boolean }[];
    expect(stacks.map(({ name, current }) => [name, current])).toEqual([
      ["seat-01", false],
      ["seat-02", false],
      ["seat-03", false],
    ]);
  });

  it("destroy finds what was left behind, is red for it, and keeps that seat's stack", async () => {
    await expectLeftBehind(room, "seat-03", (...args) => run("destroy", ...args));
  });

  it("and proves it once it is gone: no stack, no file of the state, no lock, no process", async () => {
    takeKept(room, "seat-03");
    const destroyed = await run("destroy", "--yes");
    expect(destroyed.exitCode, destroyed.all).toBe(0);
    expect(destroyed.stdout).toContain(
      `Proof: ${8 * seats} queries found nothing (${8 * seats} queries, ${8 * seats} answered: `,
    );
    expect(destroyed.stdout).toContain(
      "Pulumi.seat-02.yaml stays: `class up` of this class did not write it. `rm Pulumi.seat-02.yaml` removes it.",
    );
    expect(stackFiles()).toEqual(["Pulumi.seat-02.yaml"]);
    expect((await pulumi("stack", "ls", "--json")).stdout.trim()).toBe("[]");
    const state = path.join(room.lab.root, ".lab", "state", ".pulumi");
    expect(
      fs.readdirSync(state, { recursive: true, encoding: "utf8" }).filter((file) => file.includes("seat-")),
    ).toEqual([]);
    expect(runnerOf(room)).toBeUndefined();
    expect(liveSeats(room)).toEqual([]);
  });

  it("has printed and written no secret", () => {
    const secrets = [
      fs.readFileSync(path.join(room.lab.root, ".lab", "passphrase"), "utf8").trim(),
      "hunter2-of-seat-02",
      "not-for-anybody",
    ];
    const texts = [...room.written(), ...printed.map((text) => ({ file: "printed", text }))];
    expect(texts.length).toBeGreaterThan(2 * seats);
    for (const { file, text } of texts)
      for (const secret of secrets) expect(text.includes(secret), `${file} has ${secret}`).toBe(false);
  });
});
