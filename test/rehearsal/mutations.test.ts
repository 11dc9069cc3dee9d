import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CheckReport } from "../../cli/check";
import { Checkout, jsonOf } from "../support/checkout";
import { until } from "../support/http";
import { exactly, mutations, type Mutation } from "./mutation-table";

/**
 * Every mutation is made on a live seat with all lessons, by kubectl as a trainee would. `check` must turn the right
 * rows red and tell the cause. What the hint says is done as it is printed, while another stack is selected. Then
 * `check` is green, and neither Pulumi nor a repair has anything left to do.
 */
let lab: Checkout;
const table: string[] = [];

beforeAll(async () => {
  lab = await Checkout.create();
  await lab.ok("up");
}, 600_000);
afterAll(async () => {
  process.stdout.write(`${["mutation | cause | advice | seconds to green", ...table].join("\n")}\n`);
  await lab?.remove();
});

const HEAL = "npm run repair -- --stack embedded --yes";

describe("a seat that nobody broke", () => {
  it("is green, and there is nothing to repair", async () => {
    expect(red(await check())).toEqual([]);
    await expectAsMade();
  });
});

describe("a lesson broken by hand", () => {
  it.each(mutations)("$name", async (mutation) => {
    await apply(mutation);
    const { cause, fix, broken, all } = await seen(mutation);
    const started = Date.now();
    if (Array.isArray(mutation.red)) expect(broken.filter(isMeasured)).toEqual([...mutation.red].sort());
    expect(cause).toMatch(mutation.hint);
    if (mutation.also) expect(all).toContainEqual(expect.stringMatching(mutation.also));
    expect(fix).toMatch(mutation.fix ?? exactly(HEAL));
    await obey(fix);
    await until(
      "every check green",
      90,
      async () => red(await check()),
      (rows) => rows.length === 0,
    );
    table.push([mutation.name, cause, fix, Math.round((Date.now() - started) / 1000)].join(" | "));
    await expectAsMade();
  });
});

describe("a repair that cannot succeed", () => {
  it("says so within a minute, with the cluster's sentence, and succeeds once its cause is gone", async () => {
    await apply({
      apply: [
        ["cordon", "-l", "kubernetes.io/os=linux"],
        ["set", "env", "deployment/echo-service", "-n", "client", "BY_HAND=1"],
      ],
    });
    const started = Date.now();
    const { exitCode, all } = await lab.run("repair", "--stack", "embedded", "--yes");
    const seconds = Math.round((Date.now() - started) / 1000);
    table.push(["a repair on a cordoned node", all.trim().split("\n").at(-1), "", seconds].join(" | "));
    expect(exitCode).not.toBe(0);
    expect(all).toMatch(/Deployment client\/echo-service: .*put on no node: .*nodes are available/);
    expect(seconds).toBeLessThan(70);
    await lab.kubectl("uncordon", "-l", "kubernetes.io/os=linux");
    await obey(HEAL);
    await expectAsMade();
  });
});

interface Seen {
  cause: string;
  fix: string;
  /** The red rows. */
  broken: string[];
  /** Every cause that is named. */
  all: string[];
}

/** What `check` says of it; of what turns no row red, the repair's own preview. */
async function seen({ red: wanted, hint }: Mutation): Promise<Seen> {
  if (wanted === "none") {
    const { stdout } = await lab.ok("repair", "--stack", "embedded", "--dry-run");
    return { cause: stdout, fix: HEAL, broken: [], all: [stdout] };
  }
  if (wanted === "refused") {
    const { exitCode, all: said } = await lab.run("check", "--stack", "embedded");
    expect(exitCode).not.toBe(0);
    const [, fix = said] = /^fix {3}(.+)$/m.exec(said) ?? [];
    return { cause: said, fix, broken: [], all: [said] };
  }
  const report = await until(
    "a red row",
    60,
    () => check(),
    (found) => red(found).length > 0,
  );
  const failed = report.results.filter(({ status }) => status === "failed");
  if (wanted !== "some")
    for (const { check, hint: said } of failed.filter(({ check }) => isMeasured(check)))
      expect(said?.cause, `hint of ${check}`).toMatch(hint);
  const first = failed.find(({ hint: said }) => hint.test(said?.cause ?? "")) ?? failed[0]!;
  const hints = failed.flatMap(({ hint: said }) => said ?? []);
  const all = [...hints, ...(report.besides ?? [])].map((one) => one.cause);
  return { cause: first.hint!.cause, fix: first.hint!.fix, broken: red(report), all };
}

/** Neither the program nor a repair has anything to do. */
async function expectAsMade(): Promise<void> {
  await lab.ok("pulumi", "preview", "--stack", "embedded", "--expect-no-changes");
  expect((await lab.ok("repair", "--stack", "embedded", "--dry-run")).stdout).toContain("is as it was made");
}

async function apply({ apply, manifest }: Pick<Mutation, "apply" | "manifest">): Promise<void> {
  const file = path.join(lab.root, ".lab", "mutation.json");
  const object = typeof manifest === "function" ? await manifest() : manifest;
  if (object) fs.writeFileSync(file, JSON.stringify(object));
  for (const command of apply) await lab.kubectl(...command.map((word) => (word === "FILE" ? file : word)));
}

/** Does what a hint says. */
async function obey(fix: string): Promise<void> {
  for (const command of fix.split(" && ")) {
    const [, name, args] = /^npm run (?:-s )?(\w+)(?: -- (.*))?$/.exec(command)!;
    await lab.ok(name!, ...(args?.split(" ") ?? []));
  }
}

/** `npm run check`; its exit code says whether anything is red. */
async function check(): Promise<CheckReport> {
  const ended = await lab.run("check", "--json", "--stack", "embedded");
  const report = jsonOf<CheckReport>(ended);
  expect(ended.exitCode).toBe(red(report).length > 0 ? 1 : 0);
  return report;
}

/** Whether the check measures what the lesson does. The others show what istioctl says of its config. */
function isMeasured(check: string): boolean {
  return !check.endsWith("-analysis");
}

function red({ results }: CheckReport): string[] {
  return results
    .filter(({ status }) => status === "failed")
    .map(({ check }) => check)
    .sort();
}
