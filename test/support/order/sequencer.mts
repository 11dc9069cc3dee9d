import * as fs from "node:fs";
import * as path from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { inOrder } from "./order.mts";

const root = path.join(import.meta.dirname, "..", "..", "..");
/** Test file → seconds, as the last report of `npm test` had them. */
const durations = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, "durations.json"), "utf8")) as Record<
  string,
  number
>;
const LANES = 2;

/** vitest's own order goes by its cache, which a fresh clone has not. Groups of projects follow each other as vitest.config.mts says. */
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
      const places = new Map(inOrder(files, LANES).map((file, place) => [file, place]));
      return [...group].sort((one, other) => places.get(one.moduleId)! - places.get(other.moduleId)!);
    });
  }
}

/** Whether a file asks for the shared seat. shared-seat/turns.ts reads it alike: vitest's config does not import that module without a warning. */
function sharesSeat(file: string): boolean {
  return /\bsharedSeat\(\)/.test(fs.readFileSync(file, "utf8"));
}
