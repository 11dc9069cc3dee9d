import { readFileSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lessonNames } from "../../components/lessons/catalog";
import { projectRoot } from "../../base/paths";
import { Checkout, userEnvironment } from "../support/checkout";
import { shows, stepsOf, type Step } from "../support/page";
import { Terminal } from "../support/terminal";

/**
 * Each page with the commands a reader types, one after the other on one seat. The pages of docs/ leave it as they found it; README is last, for it ends with taking it away.
 * What a page writes as `bash`, and not as `sh`, is not run: other choices, and what waits for Ctrl-C.
 */
const files = [...["README", ...lessonNames].map((name) => `docs/lessons/${name}.md`), "docs/addons.md", "README.md"];
const pages = files.map((file) => ({ file, steps: stepsOf(readFileSync(path.join(projectRoot, file), "utf8")) }));

let lab: Checkout;
beforeAll(async () => {
  lab = await Checkout.create();
  await lab.ok("up");
});
afterAll(async () => lab?.remove());

describe.each(pages)("$file", ({ file, steps }) => {
  let terminal: Terminal;
  beforeAll(() => void (terminal = new Terminal(lab.root, userEnvironment())));
  afterAll(() => terminal.close());

  it("shows what its commands print", { timeout: 20 * 60_000 }, async () => {
    expect(steps.filter(({ printed }) => printed !== undefined).length).toBeGreaterThan(2);
    for (const step of steps) await follow(`${file}, line ${step.line}`, step, terminal);
  });
});

/** What a command must not contain to be one that a reader may repeat until the proxies have got the change before it. */
const changes = /\b(apply|create|delete|patch|scale|label|annotate|rollout|config|refresh|up|down)\b/;

async function follow(where: string, { commands, printed }: Step, terminal: Terminal): Promise<void> {
  const patience = Date.now() + (changes.test(commands) ? 0 : 30_000);
  for (;;) {
    await sleep(1000); // a reader is no faster, and a proxy has its configuration by then
    const seen = await terminal.run(commands, 600);
    if (printed === undefined ? seen.exitCode === 0 : shows(printed, seen.printed)) return;
    if (Date.now() > patience) {
      throw new Error(
        `${where}: ${commands}\n--- the page shows:\n${printed ?? "(exit code 0)"}\n--- printed (exit code ${seen.exitCode}):\n${seen.printed}`,
      );
    }
  }
}
