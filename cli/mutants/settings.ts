import * as path from "node:path";
import { UserError } from "../../base/errors";

export interface Places {
  /** A folder of this run alone: copies of the checkout, and the report until it is whole. */
  readonly scratch: string;
  /** What the next run need not ask again. */
  readonly memory: string;
}

export interface Choice {
  readonly patterns: readonly string[];
  readonly statics: boolean;
  readonly anew: boolean;
}

/** The report, in the folder of the run. */
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
    // Each mutant is asked of the tests alone that run its line, in files that load its module.
    coverageAnalysis: "perTest",
    // A program is loaded by a computed name, so that vitest would take no test for related to what it loads.
    vitest: { configFile: "test/mutants/vitest.config.mts", related: false },
    // What is computed while a module loads asks every test that loads it: some seconds for each mutant.
    ignoreStatic: !statics,
    // No kind of mutation is left out as a whole: an empty name of a tag or a mode is a fault. Only prose is passed over.
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
    // State, keys and seats of this checkout are nothing to copy.
    ignorePatterns: ["/.lab", "/*.log", "*.kubeconfig"],
    reporters: ["progress-append-only", "json"],
    jsonReporter: { fileName: reportIn(scratch) },
    // The score is judged by `--break`, over the paths that were asked for.
    thresholds: { break: null },
    allowConsoleColors: false,
    checkers: [],
  };
}

/** @throws UserError where it is no percentage, or less than `least` */
export function percentage(option: string, text: string | undefined, least = 0): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,3}(\.\d+)?$/.test(text) && Number(text) >= least && Number(text) <= 100) return Number(text);
  throw new UserError(`${option} ${JSON.stringify(text)} is no percentage: give a number from ${least} to 100.`);
}
