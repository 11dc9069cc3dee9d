import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Report } from "../../cli/check";
import { Checkout, jsonOf } from "../support/checkout";
import { until } from "../support/http";
import { mutations, type Mutation } from "./mutation-table";

/**
 * Every mutation is made on a live seat with all lessons, by kubectl as a trainee would; `check` must turn exactly the right rows red
 * and tell the cause, and what the hint says must put it right. Each is judged and healed for itself; that it is healed shows in the
 * next one's rows: those are exactly its own, and neighbours in the table have none in common.
 */
let lab: Checkout;

beforeAll(async () => {
  lab = await Checkout.create();
  await lab.ok("up");
}, 600_000);
afterAll(async () => lab?.remove());

const HEAL = "npm run -s pulumi -- refresh --stack embedded --yes --skip-preview && npm run up -- --stack embedded";

describe("a seat that nobody broke", () => {
  it("is green", async () => {
    expect(red(await check())).toEqual([]);
  });
});

describe("a lesson broken by hand", () => {
  it("is one after the other in an order that shows each one's healing", () => {
    mutations.slice(1).forEach((mutation, index) =>
      expect(
        mutation.red.filter((row) => mutations[index]!.red.includes(row)),
        mutation.name,
      ).toEqual([]),
    );
  });

  it.each(mutations)("$name", async (mutation) => {
    let fix = HEAL;
    try {
      await apply(mutation);
      const report = await check();
      const failed = report.results.filter(({ status }) => status === "failed");
      fix = failed[0]?.hint?.fix ?? HEAL;
      expect(red(report)).toEqual([...mutation.red].sort());
      for (const { check, hint } of failed) {
        expect(hint?.cause, `hint of ${check}`).toMatch(mutation.hint);
        expect(hint?.fix, `fix of ${check}`).toMatch(mutation.alsoDo ?? new RegExp(`^${HEAL}$`));
      }
    } finally {
      await obey(fix);
    }
  });

  it("leaves nothing broken", async () => {
    await until(
      "every check green",
      60,
      async () => red(await check()),
      (rows) => rows.length === 0,
    );
  });
});

async function apply({ apply, manifest }: Mutation): Promise<void> {
  const file = path.join(lab.root, ".lab", "mutation.json");
  if (manifest) fs.writeFileSync(file, JSON.stringify(manifest));
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
async function check(): Promise<Report> {
  const ended = await lab.run("check", "--json");
  const report = jsonOf<Report>(ended);
  expect(ended.exitCode).toBe(red(report).length > 0 ? 1 : 0);
  return report;
}

function red({ results }: Report): string[] {
  return results
    .filter(({ status }) => status === "failed")
    .map(({ check }) => check)
    .sort();
}
