import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { markLine } from "../../cli/class/roster/seat-file";
import { jsonOf } from "../support/checkout";
import { expectLeftBehind, stackFilesOf, takeKept } from "../support/left-behind";
import { liveSeats, lockFiles, runnerOf, SimulatedClass, until } from "../support/simulated";

/** As many as make it clear that some run, some wait and some are done; class-simulated.test.ts has thirty. */
const seats = 5;

/**
 * The whole story of `class up` and `class destroy` over simulated seats: ended by SIGTERM, killed, interrupted, broken, of another class, in another
 * backend. test/support/simulated/README.md says what is simulated. test/engine/class.test.ts is the part of it that every `npm test` runs.
 */
describe(`a class of ${seats} simulated seats`, () => {
  let room: SimulatedClass;
  const printed: string[] = [];
  const run = async (verb: string, ...args: string[]) => {
    const ended = await room.run(verb, ...args);
    printed.push(ended.all);
    return ended;
  };

  const id = "0b9cf0f4-3a5e-4c39-9d1b-7b8a1e0c5f52";
  const file = (stack: string) => path.join(room.lab.root, `Pulumi.${stack}.yaml`);
  const put = (name: string, text: string) => {
    fs.mkdirSync(path.dirname(name), { recursive: true });
    fs.writeFileSync(name, text);
  };
  /** What the refusal of another roster prints: the words behind `npm run class --`. */
  let takeover: string[];
  const stackFiles = () => stackFilesOf(room);

  beforeAll(async () => void (room = await SimulatedClass.create(seats)));
  afterAll(async () => room?.lab.remove());

  it("takes a stack that a run left between its making and its tag, where the class noted before that it makes it", async () => {
    // As `up` leaves it that is killed there: the class' note, the seat's, its file, its stack.
    put(
      path.join(room.folder, "class.json"),
      JSON.stringify({ id, name: room.name, roster: path.join(fs.realpathSync(room.lab.root), "class.yaml") }),
    );
    put(
      path.join(room.folder, "facts", "seat-05.json"),
      JSON.stringify({ noted: { class: id, backend: `file://${room.lab.root}/.lab/state`, targets: ["azure"] } }),
    );
    put(file("seat-05"), markLine(room.name, { id, seat: "seat-05" }) + fs.readFileSync(file("simulated"), "utf8"));
    // Somebody's own file, with a comment of theirs: the class lays its config over it.
    put(file("seat-02"), `# Mine.\n${fs.readFileSync(file("simulated"), "utf8")}`);
    await room.lab.pulumi("stack", "init", "seat-05", "--no-select");
    const status = await run("status", "--json");
    expect(jsonOf<{ seats: { doing: string }[] }>(status).seats[4]!.doing).toBe(
      "the stack exists; nothing is made yet",
    );
  });

  it("npm run up of one stack, ended by SIGTERM: the engine finishes what it makes, leaves no lock and no process, and the printed command goes on", async () => {
    room.set("seconds", "1");
    const up = room.lab.start("up", "--stack", "simulated");
    let said = "";
    up.all!.on("data", (part: Buffer | string) => (said += part.toString()));
    await until(() => /group creating/.test(said), 120);
    process.kill(up.pid!, "SIGTERM");
    const ended = await up;
    printed.push(said);
    expect(ended.exitCode, said).toBe(143);
    expect(said).toMatch(/Heard: SIGTERM\. pulumi is interrupted[^]*group created[^]*update canceled/);
    expect([lockFiles(room), liveSeats(room)]).toEqual([[], []]);
    const [, down] = /`npm run (down -- --stack simulated)` removes everything/.exec(said)!;
    await room.lab.ok(...down!.split(" -- ").flatMap((words) => words.split(" ")));
    expect(room.cloud()).toEqual([]);
    await room.lab.pulumi("stack", "rm", "simulated", "--yes", "--preserve-config");
  });

  it("killed with -9 in the middle: status tells it, and nothing of it is lost", async () => {
    room.set("seconds", "30");
    const up = room.start("up", "--concurrency", "2");
    await until(() => room.log("seat-01", "up").includes("group creating"), 120);
    process.kill(runnerOf(room)!, "SIGKILL");
    expect((await up).exitCode).not.toBe(0);
    const status = await run("status", "--json");
    expect(status.exitCode).toBe(1);
    const { seats: rows } = jsonOf<{ seats: { seat: string; phase: string }[] }>(status);
    expect(rows.map(({ phase }) => phase).slice(2)).toEqual(["waiting", "waiting", "waiting"]);
    expect(["failed", "running"]).toContain(rows[0]!.phase);
  });

  it("refuses a second command that changes the class, by name; and goes on after Ctrl-C in the terminal, with no lock and no process left", async () => {
    room.set("seconds", "6");
    const up = room.start("up", "--concurrency", "2");
    await until(
      () => /Broke the lock|Ended/.test(room.printed) && room.log("seat-01", "up").includes("creating (0s)"),
      120,
    );
    const second = await run("destroy", "--yes");
    expect(second.exitCode).toBe(1);
    expect(second.all).toMatch(/Class class is being changed by process \d+ .*class up/);
    // The terminal's Ctrl-C reaches its whole process group: npm, and the runner; the engines have groups of their own.
    process.kill(-up.pid!, "SIGINT");
    const ended = await up;
    printed.push(ended.all);
    expect(ended.all).toMatch(/Interrupted. These end in order/);
    expect(ended.all).toMatch(/seat-05: skipped/);
    expect(lockFiles(room)).toEqual([]);
    await until(() => liveSeats(room).length === 0, 10);
  });

  it("run again makes what is missing: one seat fails by its fault, the others are up, and it is told by name", async () => {
    room.set("seconds", "0");
    room.set("fault.seat-03", "QuotaExceeded: the simulated cloud has no machine for you");
    const up = await run("up", "--json", "--concurrency", "3");
    expect(up.exitCode).toBe(1);
    const { seats: rows } = jsonOf<{ seats: { seat: string; status: string; trouble?: string }[] }>(up);
    expect(rows.filter(({ status }) => status !== "done").map(({ seat, trouble }) => [seat, trouble])).toEqual([
      ["seat-03", "Resource group: QuotaExceeded: the simulated cloud has no machine for you"],
    ]);
    expect(room.cloud()).toHaveLength(2 * (seats - 1));
    expect(room.log("seat-03", "up")).toContain("QuotaExceeded");
    expect(fs.readFileSync(path.join(room.folder, "board.html"), "utf8")).toContain("QuotaExceeded");
  });

  it("tries again what passes by itself, and changes nothing of seats that are up", async () => {
    room.set("fault.seat-03", "Status=429 TooManyRequests: slow down");
    await room.lab.pulumi(
      "config",
      "set",
      "--secret",
      "simulated:password",
      "hunter2-of-seat-02",
      "--stack",
      "seat-02",
    );
    const up = room.start("up", "--only", "seat-02", "seat-03");
    await until(() => room.printed.includes("seat-03: retrying: tries again"), 90);
    room.set("fault.seat-03");
    const ended = await up;
    printed.push(ended.all);
    expect(ended.exitCode, ended.all).toBe(0);
    expect(ended.all).toMatch(/seat-02: done after .*1 updated/);
    expect(room.cloud()).toHaveLength(2 * seats);
  });

  it("leaves plain pulumi what it is: the seat's stack, and no selected one", async () => {
    expect((await room.lab.pulumi("preview", "--stack", "seat-04", "--expect-no-changes")).exitCode).toBe(0);
    const stacks = JSON.parse((await room.lab.pulumi("stack", "ls", "--json")).stdout) as {
      name: string;
      current: boolean;
    }[];
    expect(stacks.filter(({ current }) => current)).toEqual([]);
    expect(stacks).toHaveLength(seats);
  });

  it("changes no stack that is another class'", async () => {
    await room.lab.pulumi("stack", "tag", "set", "istio-lab:class", "monday", "--stack", "seat-05");
    for (const verb of ["up", "destroy"]) {
      const refused = await run(verb, ...(verb === "destroy" ? ["--yes"] : []));
      expect(refused.exitCode).toBe(1);
      expect(refused.all).toContain("- seat-05: belongs to class monday");
    }
    await room.lab.pulumi("stack", "tag", "set", "istio-lab:class", "class", "--stack", "seat-05");
  });

  it("of another roster of that name is refused by its id, with the command that takes the class over", async () => {
    const other = path.join(room.lab.root, "other", "class.yaml");
    put(other, fs.readFileSync(path.join(room.lab.root, "class.yaml"), "utf8"));
    const before = [room.cloud(), stackFiles()];
    const refused = await room.lab.run("class", "destroy", "--roster", other, "--yes");
    printed.push(refused.all);
    expect(refused.exitCode).toBe(1);
    expect(refused.all).toContain(
      `- class id ${id} (${path.join(fs.realpathSync(room.lab.root), "class.yaml")}): seat-01, seat-02, seat-03, seat-04, seat-05`,
    );
    takeover = /npm run class -- (.*--class-id .*)/.exec(refused.all)![1]!.split(" ");
    expect(takeover).toEqual(["destroy", "--roster", other, "--yes", "--class-id", id]);
    expect([room.cloud(), stackFiles()]).toEqual(before);
  });

  it("destroys nothing in another backend, says where the stacks are, and how to take them away there", async () => {
    const before = [room.cloud(), stackFiles()];
    const elsewhere = fs.mkdtempSync(path.join(room.lab.root, "backend-"));
    const ended = await room.lab
      .under({ env: { ...room.env, PULUMI_BACKEND_URL: `file://${elsewhere}` } })
      .run("class", "destroy", "--roster", "class.yaml", "--yes");
    expect(ended.exitCode).toBe(1);
    expect(ended.all).toMatch(
      /Stacks seat-01, .*seat-05 are kept in a Pulumi backend that is not the chosen one\. Nothing has been changed\./,
    );
    expect(ended.all).toContain(
      `PULUMI_BACKEND_URL='file://${room.lab.root}/.lab/state?metadata=skip' npm run class -- destroy --roster class.yaml --yes`,
    );
    expect([room.cloud(), stackFiles()]).toEqual(before);
  });

  it("destroy finds what was left behind, is red for it, and keeps that seat's stack", async () => {
    await expectLeftBehind(room, "seat-04", (...args) => run("destroy", ...args));
  });

  it("and proves it once it is gone, to the roster that took the class over: no stack, no file of the state, no lock", async () => {
    takeKept(room, "seat-04");
    const destroyed = await room.lab.run("class", ...takeover);
    printed.push(destroyed.all);
    expect(destroyed.exitCode, destroyed.all).toBe(0);
    expect(destroyed.stdout).toContain(
      `Proof: ${8 * seats} queries found nothing (${8 * seats} queries, ${8 * seats} answered: `,
    );
    expect(destroyed.stdout).toContain(
      "Pulumi.seat-02.yaml stays: `class up` of this class did not write it. `rm Pulumi.seat-02.yaml` removes it.",
    );
    expect(stackFiles()).toEqual(["Pulumi.seat-02.yaml"]);
    expect(fs.readdirSync(path.dirname(room.folder))).toEqual([
      "class",
      expect.stringMatching(/^class\.[0-9a-f]{12}$/),
    ]);
    expect((await room.lab.pulumi("stack", "ls", "--json")).stdout.trim()).toBe("[]");
    const state = path.join(room.lab.root, ".lab", "state", ".pulumi");
    const files = fs.readdirSync(state, { recursive: true, encoding: "utf8" }).filter((file) => file.includes("seat-"));
    expect(files).toEqual([]);
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
