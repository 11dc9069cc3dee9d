import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { shippedStacks, stackFile } from "./stack-files";

const root = path.resolve(__dirname, "../../..");

test.for(shippedStacks)(
  "Pulumi.%s.yaml is what these tests take for it, unless the user has changed it",
  (stack, { skip }) => {
    const file = `Pulumi.${stack}.yaml`;
    expect(readFileSync(stackFile(stack), "utf8")).toContain("istio-lab:target: ");
    const { status } = spawnSync("git", ["diff", "--quiet", "HEAD", "--", file], { cwd: root, stdio: "ignore" });
    skip(status !== 0, `${file} is not as committed here: what is shipped is compared in a checkout without changes`);
    expect(readFileSync(path.join(root, file), "utf8")).toBe(readFileSync(stackFile(stack), "utf8"));
  },
);
