import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { program } from "../../../cli/main";
import { noteBackend } from "../../../cli/stack/same-backend";
import { lazily } from "../../support/lazily";

/** Commands with a table of their own. */
const tables = ["class", "embedded", "lesson"];
const named = (of: Command, name: string) => of.commands.find((command) => command.name() === name)!;
const verbs = named(program, "class").commands.map((command) => command.name());
const commands = program.commands.map((command) => command.name()).filter((name) => !tables.includes(name));

let home: string;
let ran: unknown[][];
/** A module with a function of its own name, as each command has one. */
const moduleOf = (name: string) => ({
  [name]: async (...given: unknown[]) => void ran.push([name, ...given.filter((one) => !isCommand(one))]),
});
const isCommand = (one: unknown) => typeof one === "object" && one !== null && "parseAsync" in one;
const run = (...args: string[]) => program.parseAsync(args, { from: "user" });
/** The words that a command cannot do without. */
const needed = (command: Command) => [
  ...command.registeredArguments.filter(({ required }) => required).map(() => "word"),
  ...command.options.filter(({ mandatory }) => mandatory).flatMap(({ long }) => [long!, "value"]),
];

beforeEach(() => {
  ran = [];
  home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-commands-")));
  vi.stubEnv("ISTIO_LAB_HOME", path.join(home, "lab"));
  vi.stubEnv("PULUMI_HOME", path.join(home, "pulumi"));
  for (const name of ["PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN"]) vi.stubEnv(name, undefined);
  lazily({
    ...Object.fromEntries(commands.map((name) => [`./commands/${name}`, moduleOf(name)])),
    ...Object.fromEntries(verbs.map((name) => [`./verbs/${name}`, moduleOf(name)])),
    "./commands/lesson": { ...moduleOf("newLesson"), ...moduleOf("checkLesson") },
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(home, { recursive: true });
});

describe("a command", () => {
  it.each(commands)("%s runs what has its name, and nothing else", async (name) => {
    await run(name, ...needed(named(program, name)));
    expect(ran.map(([what]) => what)).toEqual([name]);
  });

  it.each(verbs)("class %s runs the verb of its name, and nothing else, with the roster it is given", async (name) => {
    const command = named(named(program, "class"), name);
    await run("class", name, ...needed(command));
    expect(ran.map(([what]) => what)).toEqual([name]);
    expect(ran[0]!.at(-1)).toMatchObject({ roster: "value" });
  });

  it.each<[string[], unknown[]]>([
    [
      ["lesson", "new", "payments", "--stack", "x2"],
      ["newLesson", "payments", { stack: "x2" }],
    ],
    [
      ["lesson", "check", "./lessons/payments"],
      ["checkLesson", "./lessons/payments"],
    ],
    [
      ["open", "kiali", "--stack", "x2"],
      ["open", "kiali", { stack: "x2" }],
    ],
    [
      ["kubectl", "--stack", "x2", "get", "pods", "--watch"],
      ["kubectl", ["get", "pods", "--watch"], { stack: "x2" }],
    ],
    [
      ["pulumi", "up", "--stack", "x2"],
      ["pulumi", ["up", "--stack", "x2"]],
    ],
    [
      ["down", "--cluster-is-gone"],
      ["down", { clusterIsGone: true }],
    ],
    [
      ["check", "--lesson", "blog", "bookinfo"],
      ["check", { lesson: ["blog", "bookinfo"] }],
    ],
    [
      ["bench", "up", "weight"],
      ["bench", ["up", "weight"], { rounds: "3" }],
    ],
    [
      ["mutants", "cli", "--sample", "2"],
      ["mutants", ["cli"], { sample: "2" }],
    ],
    [
      ["test", "unit", "--reporter=dot"],
      ["test", ["unit", "--reporter=dot"]],
    ],
  ])("%j hands on what it was told", async (typed, given) => {
    await run(...typed);
    expect(ran).toEqual([given]);
  });
});

describe("before each command", () => {
  it(".lab is closed to other users", async () => {
    fs.mkdirSync(path.join(home, "lab"), { mode: 0o755 });
    await run("check");
    expect(fs.statSync(path.join(home, "lab")).mode & 0o777).toBe(0o700);
  });

  it("a stack of another backend is refused, and none of the command has run, but where it is said to have moved", async () => {
    vi.stubEnv("PULUMI_BACKEND_URL", "s3://bucket");
    noteBackend("x2");
    vi.stubEnv("PULUMI_BACKEND_URL", undefined);
    await expect(run("down", "--stack", "x2")).rejects.toThrow("s3://bucket");
    await expect(run("up", "--stack", "x2")).rejects.toThrow("s3://bucket");
    expect(ran).toEqual([]);
    await run("up", "--stack", "x2", "--backend-moved");
    await run("down", "--stack", "x3");
    expect(ran.map(([what]) => what)).toEqual(["up", "down"]);
  });
});
