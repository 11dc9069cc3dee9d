import { elapsed } from "../../base/elapsed";
import type { Skipped } from "./skipped";

/** A stretch of time, in milliseconds since the epoch. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The recorded times of one test file. */
export interface FileTimes extends Stretch {
  /** Path relative to the project. */
  readonly file: string;
  /** The project of vitest.config.mts in which it ran. */
  readonly project: string;
  /** When it waited for seats: for their creation, `up`, `down` and removal. They may overlap. */
  readonly waits: readonly Stretch[];
  /** The tests that the machine could not run. */
  readonly skipped?: readonly Skipped[];
}

/** The time of a tier, in milliseconds. */
export interface TierTimes {
  readonly tier: string;
  readonly files: number;
  /** Wall-clock time during which at least one of its files ran. */
  readonly wall: number;
  /** Sum over all its files. */
  readonly work: number;
  /** The part of `work` that was spent waiting for seats. */
  readonly waiting: number;
}

const SHOWN = 10;

/** Total length of stretches that may overlap. Shared time counts once. */
export function covered(stretches: readonly Stretch[]): number {
  let end = Number.NEGATIVE_INFINITY;
  let total = 0;
  for (const { from, to } of [...stretches].sort((one, other) => one.from - other.from)) {
    total += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return total;
}

/** The part of a file's time that was spent waiting for seats. Waits outside the file's time do not count. */
export function waitingIn({ from, to, waits }: FileTimes): number {
  return covered(
    waits
      .map((wait) => ({ from: Math.max(from, wait.from), to: Math.min(to, wait.to) }))
      .filter((wait) => wait.to > wait.from),
  );
}

/** The tiers that ran, in this order. A project belongs to the tier with which its name begins. */
export function tierTimes(files: readonly FileTimes[], tiers: readonly string[]): TierTimes[] {
  return tiers.flatMap((tier) => {
    const its = files.filter(({ project }) => project === tier || project.startsWith(`${tier} `));
    if (its.length === 0) return [];
    const sum = (of: (file: FileTimes) => number) => its.reduce((total, file) => total + of(file), 0);
    return [
      { tier, files: its.length, wall: covered(its), work: sum(({ from, to }) => to - from), waiting: sum(waitingIn) },
    ];
  });
}

/** The slowest files, slowest first. */
export function slowest(files: readonly FileTimes[], count = SHOWN): FileTimes[] {
  return [...files]
    .sort((one, other) => other.to - other.from - (one.to - one.from) || one.file.localeCompare(other.file))
    .slice(0, count);
}

/** The closing tables of a test run; empty where no file ran. */
export function timesText(files: readonly FileTimes[], tiers: readonly string[]): string {
  if (files.length === 0) return "";
  const rows = slowest(files).map((file) => [seconds(file.to - file.from), file.file, ...waited(waitingIn(file))]);
  const heading = rows.length === 1 ? "The slowest file:" : `The ${rows.length} slowest files:`;
  const sums = tierTimes(files, tiers).map(({ tier, files: count, wall, work, waiting }) => [
    tier,
    elapsed(0, wall),
    `${count} ${count === 1 ? "file" : "files"}, ${elapsed(0, work)} together`,
    ...(waiting === 0
      ? []
      : [`${Math.round((100 * waiting) / work)} % of it waiting for seats (${elapsed(0, waiting)})`]),
  ]);
  return [heading, ...table(rows, [0]), "The tiers:", ...table(sums, [1])].join("\n");
}

function waited(milliseconds: number): string[] {
  return milliseconds === 0 ? [] : [`${seconds(milliseconds)} of it waiting for seats`];
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Lines with columns of equal width. `right` lists the columns that are aligned to the right. */
function table(rows: readonly (readonly string[])[], right: readonly number[]): string[] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) =>
    `  ${row.map((text, column) => (right.includes(column) ? text.padStart(width(column)) : text.padEnd(width(column)))).join("  ")}`.trimEnd(),
  );
}
