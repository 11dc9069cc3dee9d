import * as path from "node:path";
import { UserError } from "../../base/errors";

export interface Places {
  /** A folder for this run only. It holds copies of the checkout, and the report until it is complete. */
  readonly scratch: string;
  /** The file with results that the next run can reuse. */
  readonly memory: string;
}

export interface Choice {
  readonly patterns: readonly string[];
  readonly statics: boolean;
  readonly anew: boolean;
}

/** The report's path in the run's folder. */
export function reportIn(scratch: string): string {
  return path.join(scratch, "report.json");
}

/** Stryker's settings: https://stryker-mutator.io/docs/stryker-js/configuration */
export function strykerSettings(
  { patterns, statics, anew }: Choice,
  { scratch, memory }: Places,
): Record<string, unknown> {
  return {
    mutate: patterns,
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner", "./test/mutants/prose.mjs"],
    // Each mutant is tried only with the tests that run its line, in files that load its module.
    coverageAnalysis: "perTest",
    // A program is loaded by a computed name, so vitest would not consider any test as related to it.
    vitest: { configFile: "test/mutants/vitest.config.mts", related: false },
    // Static mutants affect code that runs while a module loads. They need every test that loads it, which takes some
    // seconds each.
    ignoreStatic: !statics,
    // No kind of mutation is excluded as a whole: an empty tag or mode name is a fault. Only prose is ignored.
    ignorers: ["prose"],
    mutator: { excludedMutations: [] },
    concurrency: 2,
    timeoutMS: 5000,
    timeoutFactor: 2,
    dryRunTimeoutMinutes: 30,
    incremental: true,
    incrementalFile: memory,
    force: anew,
    tempDirName: path.join(scratch, "copies"),
    cleanTempDir: "always",
    // State, keys and seats of this checkout must not be copied.
    ignorePatterns: ["/.lab", "/*.log", "*.kubeconfig"],
    reporters: ["progress-append-only", "json"],
    jsonReporter: { fileName: reportIn(scratch) },
    // `--break` judges the score, over the requested paths.
    thresholds: { break: null },
    allowConsoleColors: false,
    checkers: [],
  };
}

/** @throws UserError where it is not a percentage or is less than `least` */
export function percentage(option: string, text: string | undefined, least = 0): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,3}(\.\d+)?$/.test(text) && Number(text) >= least && Number(text) <= 100) return Number(text);
  throw new UserError(`${option} ${JSON.stringify(text)} is not a percentage: give a number from ${least} to 100.`);
}
