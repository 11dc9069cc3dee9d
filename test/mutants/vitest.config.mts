import { defineConfig } from "vitest/config";
import { lazyComponents, unit } from "../../vitest.config.mjs";

/** Tests of the code's text would see Stryker's own; in what these start in another process no mutant is active; or they draw, and decide nothing. */
const SEE_NONE = [
  "docs/**",
  "images/**",
  "mutants/**",
  "toolchain/**",
  "terminal/ending/**",
  "terminal/names.test.ts",
  "terminal/npm-flags.test.ts",
  "cli/packages.test.ts",
  "base/files.test.ts",
  "class/cards/pdf.test.ts",
  "components/module-shim.test.ts",
];

/** Only these tests load a mutated file: cli/mutants/reach.ts. */
const include = JSON.parse(process.env.ISTIO_LAB_MUTANTS_TESTS ?? '["test/unit/**/*.test.ts"]') as string[];

/**
 * The unit tests that can see a mutant. Which one is active is said in the memory of the process that runs the test (`globalThis.__stryker__`).
 * Each file loads what it tests anew: what one remembers of a mutant is nothing to the next. Stryker runs them in threads, which take no `execArgv` of V8's, and its
 * notes of what each test runs make the slowest ones some ten times slower.
 */
export default defineConfig({
  test: {
    projects: [
      {
        plugins: [lazyComponents],
        test: {
          ...unit,
          name: "unit",
          setupFiles: [...unit.setupFiles, "test/mutants/setup.ts"],
          include,
          exclude: SEE_NONE.map((file) => `test/unit/${file}`),
          execArgv: [],
          isolate: true,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
