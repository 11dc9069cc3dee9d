import { elapsed } from "../../base/elapsed";
import type { Skipped } from "./skipped";

/** A stretch of time, in milliseconds since the epoch. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What a run noted of one test file. */
export interface FileTimes extends Stretch {
  /** Relative to the project. */
  readonly file: string;
  /** The project of vitest.config.mts that it ran in. */
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
  /** By the clock: while at least one of its files ran. */
  readonly wall: number;
  /** Of all its files together. */
  readonly work: number;
  /** What of `work` was waiting for seats. */
  readonly waiting: number;
}

const SHOWN = 10;

/** The length of stretches that may overlap: what two of them share counts once. */
export function covered(stretches: readonly Stretch[]): number {
  let end = Number.NEGATIVE_INFINITY;
  let total = 0;
  for (const { from, to } of [...stretches].sort((one, other) => one.from - other.from)) {
    total += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return total;
}

/** What of a file's time was waiting for seats. What was noted outside of that time does not count. */
export function waitingIn({ from, to, waits }: FileTimes): number {
  return covered(
    waits
      .map((wait) => ({ from: Math.max(from, wait.from), to: Math.min(to, wait.to) }))
      .filter((wait) => wait.to > wait.from),
  );
}

/** The tiers that ran, in this order. A project is of the tier that its name begins with. */
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

/** The tables that a run of tests closes with; empty where no file ran. */
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

/** Lines with columns of equal width; `right` are those whose texts end at one place. */
function table(rows: readonly (readonly string[])[], right: readonly number[]): string[] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) =>
    `  ${row.map((text, column) => (right.includes(column) ? text.padStart(width(column)) : text.padEnd(width(column)))).join("  ")}`.trimEnd(),
  );
}
