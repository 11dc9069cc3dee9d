import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { makeLab } from "../../base/lab";
import { projectRoot } from "../../base/paths";
import { elapsed } from "../../base/elapsed";
import { inTerminal } from "../terminal/ending/in-terminal";
import { UserError } from "../../base/errors";
import { scoreOf, survivors, table, tallies, type MutationReport } from "../mutants/report";
import { testsThatLoad } from "../mutants/reach";
import { sampledLines } from "../mutants/sample";
import { scopeOf } from "../mutants/scope";
import { percentage, reportIn, strykerSettings } from "../mutants/settings";

/** The variable with the test files of a run, as JSON, for test/mutants/vitest.config.mts. */
const TESTS = "ISTIO_LAB_MUTANTS_TESTS";

export interface MutantsOptions {
  readonly break?: string;
  readonly static?: boolean;
  readonly anew?: boolean;
  readonly sample?: string;
}

/**
 * `npm run mutants`: StrykerJS puts single faults into a copy of the code and runs the unit tests on each. Lists the
 * faults that no test notices, and each folder's score.
 * The exit code says whether it ran and, with `--break`, whether the score is high enough.
 */
export async function mutants(paths: readonly string[], options: MutantsOptions): Promise<void> {
  const least = percentage("--break", options.break);
  const sample = percentage("--sample", options.sample, 1);
  const { patterns: all, files, has } = scopeOf(projectRoot, paths);
  const patterns = sample === undefined ? all : sampledLines(projectRoot, files, sample);
  const tests = await testsThatLoad(projectRoot, files);
  if (tests.length === 0) throw new UserError(`No unit test loads ${paths.join(", ")}: every fault there survives.`);
  const started = Date.now();
  const kept = path.join(makeLab(), "mutants");
  fs.mkdirSync(kept, { recursive: true });
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-mutants-"));
  try {
    const settings = path.join(scratch, "stryker.json");
    fs.writeFileSync(
      settings,
      JSON.stringify(
        strykerSettings(
          { patterns, statics: options.static ?? false, anew: options.anew ?? false },
          { scratch, memory: path.join(kept, sample === undefined ? "incremental.json" : "incremental-sample.json") },
        ),
      ),
    );
    const code = await inTerminal("node_modules/.bin/stryker", ["run", settings], {
      [TESTS]: JSON.stringify(tests),
    });
    const report = reportIn(scratch);
    if (code !== 0 || !fs.existsSync(report)) throw new UserError("Stryker printed no score: its message is above.");
    const text = fs.readFileSync(report, "utf8");
    fs.writeFileSync(path.join(kept, "report.json"), text);
    const score = tell(JSON.parse(text) as MutationReport, has);
    process.stdout.write(`Mutants ended after ${elapsed(started)}. The report is ${path.join(kept, "report.json")}\n`);
    if (least !== undefined && score < least)
      throw new UserError(`The score is ${score.toFixed(1)} %; --break asks for ${least} %.`);
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

/** Prints the survivors and the scores. Returns the total score. @throws UserError where there was nothing to mutate */
function tell(report: MutationReport, isInScope: (file: string) => boolean): number {
  const rows = tallies(report, isInScope);
  const score = scoreOf(rows);
  if (score === undefined) throw new UserError("There was no code to mutate.");
  process.stdout.write(`\n${[...survivors(report, isInScope), "", table(rows), ""].join("\n")}\n`);
  return score;
}
