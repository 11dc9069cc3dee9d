import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import * as path from "node:path";
import { expect, it } from "vitest";

const root = path.join(__dirname, "../..");
const git = (...args: string[]) => execFileSync("git", args, { cwd: root, encoding: "utf8" });

/**
 * `npm run up` writes a salt into its stack's file. In a commit it would belong to everybody, and to nobody's
 * passphrase: the next clone's `npm run up` would refuse. The index counts, because the file itself is the user's.
 */
it("no stack's file is committed with a seat's own salt or secrets", ({ skip }) => {
  if (!existsSync(path.join(root, ".git"))) skip("not a git checkout");
  const files = git("ls-files", "--", "Pulumi.*.yaml").split("\n").filter(Boolean);
  expect(files).toContain("Pulumi.embedded.yaml");
  const salted = files.filter((file) => /^encryptionsalt:|^\s*secure:/m.test(git("show", `:${file}`)));
  expect(salted).toEqual([]);
});
