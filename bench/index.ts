import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Interrupted, UserError } from "../base/errors";
import { projectRoot } from "../base/paths";
import { elapsed } from "../base/elapsed";
import { exitCodeOf, heedFirst } from "../cli/terminal/ending/signals";
import { noteCheckoutsIn } from "../test/support/made-checkouts";
import { endKeeper, startKeeper } from "../test/support/shared-seat/keeper";
import { linesOf, type Measured } from "./figures/result";
import { table } from "./figures/table";
import type { Contestant, Sample, Setting } from "./row";
import { byScene, chosenRows, visitsOf, type AnyRow } from "./rows";

/** Options of `npm run bench`, as commander gives them. */
export interface BenchOptions {
  readonly json?: boolean;
  readonly rounds?: string;
  /** Other checkouts, which are measured beside this one. */
  readonly checkout?: readonly string[];
}

const ROUNDS = 3;

/** Reads the arguments of a run. @throws UserError where something of it is not valid */
export function planOf(names: readonly string[], { rounds = String(ROUNDS), checkout = [] }: BenchOptions) {
  if (!/^[1-9]\d?$/.test(rounds))
    throw new UserError(
      `--rounds ${rounds}: a whole number of rounds, from 1 to 99. Below ${ROUNDS}, a range says little.`,
    );
  return { chosen: chosenRows(names), rounds: Number(rounds), checkouts: checkoutsOf(checkout) };
}

/** This checkout, and the ones that the user names. @throws UserError for a folder that is no checkout of this project */
export function checkoutsOf(named: readonly string[]): Setting["checkouts"] {
  const others = named.map((name) => ({ name, folder: path.resolve(name) }));
  for (const { name, folder } of others) {
    const lacks = ["cli/run.mjs", "Pulumi.embedded.yaml", ".git", "node_modules"].find(
      (file) => !fs.existsSync(path.join(folder, file)),
    );
    if (lacks !== undefined)
      throw new UserError(
        `--checkout ${name}: it has no ${lacks}. Give the folder of a checkout of this project in which \`npm ci\` was run.`,
      );
  }
  return [{ name: "this checkout", folder: projectRoot }, ...others];
}

/** Measures the rows, prints the report, and removes everything that was made for it. */
export async function runBench(names: readonly string[], options: BenchOptions): Promise<void> {
  const { chosen, rounds, checkouts } = planOf(names, options);
  const begun = Date.now();
  const keeper = startKeeper();
  noteCheckoutsIn(keeper.folder);
  const abort = new AbortController();
  const release = heedFirst((ending) => {
    say("Taking away what the bench has made. A second Ctrl-C does not stop that; it only ends the wait for it.");
    abort.abort(new Interrupted(`Interrupted (${ending.heard}).`, exitCodeOf(ending)));
  });
  const load = [os.loadavg()[0]!];
  const setting: Setting = { checkouts, say, signal: abort.signal };
  const measured: Measured[] = [];
  try {
    for (const sharing of byScene(chosen)) measured.push(...(await measuredIn(sharing, rounds, setting)));
  } catch (error) {
    throw abort.signal.aborted ? abort.signal.reason : error;
  } finally {
    await endKeeper(keeper);
    release();
  }
  load.push(os.loadavg()[0]!);
  const lines = linesOf(inOrder(measured, chosen));
  const machine = {
    cores: os.availableParallelism(),
    memoryMB: Math.round(os.totalmem() / 2 ** 20),
    node: process.version,
  };
  if (options.json) process.stdout.write(`${JSON.stringify({ rounds, machine, load, lines }, undefined, 2)}\n`);
  else process.stdout.write(`${table(lines)}\n`);
  say(
    `${rounds} rounds in ${elapsed(begun)} on ${machine.cores} cores with ${Math.round(machine.memoryMB / 1024)} GB, Node ${machine.node}; load ${load.map((one) => one.toFixed(1)).join(" at the start, ")} at the end.`,
  );
}

/** Runs all rounds of the rows that share a scene. */
async function measuredIn(rows: readonly AnyRow[], rounds: number, setting: Setting): Promise<Measured[]> {
  setting.signal.throwIfAborted();
  const scene = await rows[0]!.open(setting);
  const visits = rows.flatMap((row) =>
    row.contestants(scene).map((contestant) => ({ row, contestant, samples: [] as Sample[] })),
  );
  for (let round = 0; round < rounds; round += 1)
    for (const { row, contestant } of visitsOf(visits, scene, round)) {
      const sample = await contestant.sample();
      setting.signal.throwIfAborted();
      visits.find((one) => one.row === row && one.contestant === contestant)!.samples.push(sample);
      setting.say(`round ${round + 1} of ${rounds}, ${row.name}, ${contestant.name}: ${sampleText(row, sample)}`);
    }
  await scene.close();
  return visits.map(({ row, contestant, samples }) => ({ row, contestant, samples }));
}

function inOrder(measured: readonly Measured[], rows: readonly AnyRow[]): Measured[] {
  return rows.flatMap((row) => measured.filter((one) => one.row === row));
}

function sampleText({ figures }: AnyRow, sample: Sample): string {
  return figures
    .flatMap(({ name, unit }) => (sample[name] === undefined ? [] : [`${name} ${sample[name].toFixed(1)} ${unit}`]))
    .join(", ");
}

/** The report alone goes to standard output. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

export type { Contestant };
