import * as fs from "node:fs";
import * as path from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { inOrder } from "./order.mts";

const root = path.join(import.meta.dirname, "..", "..", "..");
/** Test file → seconds, from the last report of `npm test`. */
const durations = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, "durations.json"), "utf8")) as Record<
  string,
  number
>;
const LANES = 2;
/** What starts processes has one of these in its text. */
const STARTING = /\bnode:child_process\b|["']execa["']|\/support\/(compiled|strangers|terminal)"|\/images\/process"/;
/** A call of Vitest's that replaces a module. */
const REPLACING = /\bvi\.(mock|doMock)\(/;

/**
 * Sorts each group's longest files first. Vitest's own order uses its cache, which a fresh clone lacks. Groups of
 * projects keep their order from vitest.config.mts.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const orderOf = ({ project }: TestSpecification) => project.config.sequence.groupOrder ?? 0;
    const groups = [...new Set(specifications.map(orderOf))]
      .sort((one, other) => one - other)
      .map((order) => specifications.filter((one) => orderOf(one) === order));
    return groups.flatMap((group) => {
      const files = group.map(({ moduleId }) => ({
        file: moduleId,
        seconds: durations[path.relative(root, moduleId)],
        shares: sharesSeat(moduleId),
      }));
      const places = new Map(lastly(inOrder(files, LANES)).map((file, place) => [file, place]));
      return [...group].sort((one, other) => places.get(one.moduleId)! - places.get(other.moduleId)!);
    });
  }
}

/**
 * Puts lint before the unit tests, because a worker ends when its next file is another project's. Unit tests that start
 * processes come next: to start one takes the longer the more memory a worker has, and a worker's memory grows. Those
 * that replace modules follow all others: after each of them something is loaded anew.
 */
function lastly(files: readonly string[]): string[] {
  const places = new Map(files.map((file) => [file, placeOf(file)]));
  return [...files].sort((one, other) => places.get(one)! - places.get(other)!);
}

function placeOf(file: string): number {
  if (file.includes("/test/lint/")) return 0;
  const text = fs.readFileSync(file, "utf8");
  if (REPLACING.test(text)) return 3;
  return file.includes("/test/unit/") && STARTING.test(text) ? 1 : 2;
}

/**
 * Whether a file asks for the shared seat, by the same text as in shared-seat/turns.ts. That module is not imported,
 * because vitest's config would print a warning.
 */
function sharesSeat(file: string): boolean {
  return /\bsharedSeat\(\)/.test(fs.readFileSync(file, "utf8"));
}
