import { defineConfig } from "vitest/config";
import all from "../../vitest.config.mjs";

interface Project {
  readonly test: { readonly name: string };
}

const unit = (all.test!.projects as unknown as readonly Project[]).find(({ test }) => test.name === "unit")!;

/** Tests of the code's text would see Stryker's own; in what these start in another process no mutant is active; or they draw, and decide nothing. */
const SEE_NONE = ["docs/**", "images/**", "toolchain/**", "cli/ending/**", "cli/names.test.ts", "cli/npm-flags.test.ts", "cli/packages.test.ts", "base/files.test.ts", "class/cards/pdf.test.ts", "components/module-shim.test.ts"];

/** The unit tests that can see a mutant. Which one is active is said in the memory of the process that runs the test (`globalThis.__stryker__`). */
export default defineConfig({
  test: { projects: [{ test: { ...unit.test, exclude: SEE_NONE.map((file) => `test/unit/${file}`) } }] },
});
