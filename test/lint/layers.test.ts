import { expect, it } from "vitest";
import { projectRoot } from "../../base/paths";

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
  readonly to: string;
}

/** Everything that is imported, of which .dependency-cruiser.cjs says what may not be. */
async function violations(): Promise<{ files: number; found: string[] }> {
  const { cruise } = await import("dependency-cruiser");
  const { options, forbidden } = require("../../.dependency-cruiser.cjs") as { options: object; forbidden: object[] };
  const roots = ["base", "kube", "embedded", "components", "cli", "index.ts", "config.ts", "versions.ts"];
  const { output } = await cruise(roots, {
    ...options,
    ruleSet: { forbidden },
    validate: true,
    baseDir: projectRoot,
  } as object);
  const { modules, summary } = output as unknown as { modules: object[]; summary: { violations: Violation[] } };
  return {
    files: modules.length,
    found: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} imports ${to}`),
  };
}

it("imports run downwards only, and in no circle", async () => {
  const { files, found } = await violations();
  expect(files).toBeGreaterThan(300);
  expect(found).toEqual([]);
});
