import { defineConfig } from "vitest/config";
import all from "../../vitest.config.mjs";

interface Project {
  readonly test: { readonly name: string };
}

const unit = (all.test!.projects as readonly Project[]).find(({ test }) => test.name === "unit")!;

/**
 * The unit tests that can see a mutant. Which one is active is said in the memory of the process that runs the test (`globalThis.__stryker__`), so a test of what
 * another process does sees none. A test of the code's text would see Stryker's own.
 */
export default defineConfig({
  test: { projects: [{ test: { ...unit.test, exclude: ["test/unit/docs/**"] } }] },
});
