import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { elapsed } from "../../base/elapsed";
import { inTerminal } from "../terminal/ending/in-terminal";
import { UserError } from "../../base/errors";
import { preconditions } from "../targets/embedded/preconditions";
import { runSteps } from "../terminal/progress";
import { embeddedStages } from "../targets/stages";
import { KEEPER_FILE, untilKept } from "../test-run/keeper";
import { TIMES_FILE } from "../test-run/reporter";
import { skippedText } from "../test-run/skipped";
import { timesText, type FileTimes } from "../test-run/times";
import { closing, type Totals } from "../test-run/totals";

/** The tiers in their order. The last one runs only if it is named (`npm run rehearse`). */
const tiers = ["lint", "unit", "engine", "mesh", "rehearsal"];
const everyChange = tiers.slice(0, 4);

/**
 * TypeScript 7, the compiler in Go, takes a quarter of TypeScript 5's time for this program, and checks only what has
 * changed since the last time. The linters still need the library of TypeScript 5.
 */
const typeCheck = [
  "node_modules/typescript-7/bin/tsc",
  ...["--noEmit", "--pretty", "false"],
  ...["--incremental", "--tsBuildInfoFile", "node_modules/.cache/types.json"],
];

/**
 * `npm test`: builds what the tests need (lint needs nothing), checks the types, runs vitest, and prints times and
 * totals.
 * The exit code is zero only if vitest's is, at least one test passed, and every test ended.
 * Arguments: names of tiers (lint, unit, engine and mesh if none is given) and vitest's own.
 */
export async function test(args: string[]): Promise<void> {
  const started = Date.now();
  const named = args.filter((arg) => tiers.includes(arg));
  const rest = args.filter((arg) => !tiers.includes(arg));
  if (named.includes("rehearsal") && rest.includes("--clean")) return clean(rest.filter((arg) => arg !== "--clean"));
  if (named.join() !== "lint") {
    preconditions();
    await runSteps(embeddedStages());
  }
  if ((await inTerminal(process.execPath, typeCheck, {})) !== 0) {
    throw new UserError("The type check failed: tsc's messages are above.");
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-report-"));
  try {
    const [report, times, keeper] = ["vitest.json", "times.json", "keeper.json"].map((name) =>
      path.join(folder, name),
    ) as [string, string, string];
    const projects = (named.length > 0 ? named : everyChange).flatMap((tier) => ["--project", `${tier}*`]);
    const words = [
      "run",
      ...projects,
      ...rest,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
      "--reporter=./cli/test-run/reporter.ts",
    ];
    const code = await inTerminal("node_modules/.bin/vitest", words, {
      [TIMES_FILE]: times,
      [KEEPER_FILE]: keeper,
    }).finally(() => untilKept(keeper, (line) => process.stderr.write(`\n${line}\n`)));
    if (!fs.existsSync(report)) throw new UserError("vitest wrote no report: its message is above.");
    const totals = JSON.parse(fs.readFileSync(report, "utf8")) as Totals;
    const files = fs.existsSync(times) ? (JSON.parse(fs.readFileSync(times, "utf8")) as FileTimes[]) : [];
    process.stdout.write(`\n${timesText(files, tiers)}\n`);
    if (skippedText(files) !== "") process.stdout.write(`\n${skippedText(files)}\n`);
    process.stdout.write(`\nTests ended after ${elapsed(started)}.\n`);
    const { lines, isGreen } = closing(totals, code);
    process.stdout.write(`${lines.join("\n")}\n`);
    process.exitCode = isGreen ? 0 : 1;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * `npm run rehearse -- minikube --clean`: removes what a killed rehearsal has left. Only the rehearsal with minikube
 * leaves anything on the machine.
 */
async function clean(names: readonly string[]): Promise<void> {
  if (names.join() !== "minikube")
    throw new UserError(
      `--clean: only minikube's rehearsal can leave something on this machine: npm run rehearse -- minikube --clean`,
    );
  const machine =
    require("../../test/rehearsal/real-minikube/machine") as typeof import("../../test/rehearsal/real-minikube/machine");
  await machine.clean();
  const left = machine.leftovers();
  if (left.length > 0)
    throw new UserError(["The rehearsal with minikube left:", ...left.map((line) => `  ${line}`)].join("\n"));
  process.stdout.write("The rehearsal with minikube left nothing: no process, mount, link, control group or folder.\n");
}
