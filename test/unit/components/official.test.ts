import * as fs from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../../base/paths";
import { shippedStacks, stackFile } from "../config/stack-files";

/** The program has to run unchanged on the official plugin: it knows nothing of another. */
test("no file of the program mentions the provider's stand-in", () => {
  const inside = (folder: string) =>
    fs
      .readdirSync(path.join(projectRoot, folder), { recursive: true, encoding: "utf8" })
      .map((name) => path.join(folder, name));
  // The stack files as they are shipped: those in the root are the user's.
  const files = [
    "index.ts",
    "config.ts",
    "Pulumi.yaml",
    ...shippedStacks.map((stack) => path.relative(projectRoot, stackFile(stack))),
    ...inside("components").filter((name) => name.endsWith(".ts")),
  ];
  expect(files.length).toBeGreaterThan(20);
  // The checks may speak of the apps' stand-ins: `check` says in each row which of them answered.
  const ofApps = (file: string) => file.startsWith(path.join("components", "lessons", "checks"));
  const mentions = files.filter((file) =>
    (ofApps(file) ? /embedded\/provider/ : /stand-?in|embedded\/provider/i).test(
      fs.readFileSync(path.join(projectRoot, file), "utf8"),
    ),
  );
  expect(mentions).toEqual([]);
});
