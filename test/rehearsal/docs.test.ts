import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lessonNames } from "../../components/lessons/catalog";
import { projectRoot } from "../../base/paths";
import { Checkout, userEnvironment } from "../support/checkout";
import { follow } from "../support/follow";
import { stepsOf } from "../support/page";
import { Terminal } from "../support/terminal";

/**
 * Each page with the commands a reader types, one after the other on one seat. The pages of docs/ leave it as they found it; README is last, for it ends with taking it away.
 * What a page writes as `bash`, and not as `sh`, is not run: other choices, and what waits for Ctrl-C.
 */
const own = readdirSync(path.join(projectRoot, "lessons"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `lessons/${name}/README.md`);
const files = [
  ...["README", ...lessonNames].map((name) => `docs/lessons/${name}.md`),
  ...own,
  "docs/addons.md",
  "README.md",
];
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

  // vitest prints a long test's time with this name alone.
  it(`${file} shows what its commands print`, { timeout: 20 * 60_000 }, async () => {
    expect(steps.filter(({ printed }) => printed !== undefined).length).toBeGreaterThan(2);
    for (const step of steps) await follow(`${file}, line ${step.line}`, step, terminal);
  });
});
