import { execa } from "execa";
import { expect, it } from "vitest";
import { projectRoot } from "../../base/paths";

it("prettier would write every file as it is", async () => {
  // By content: a file that did not change since the last run is not read again.
  const args = ["--list-different", "--cache", "--cache-strategy", "content", "."];
  const { stdout, all } = await execa("prettier", args, {
    cwd: projectRoot,
    preferLocal: true,
    reject: false,
    all: true,
  });
  expect(stdout, `${all}\n\`npx prettier --write .\` formats them`).toBe("");
  expect(all).toBe("");
}, 600_000);
