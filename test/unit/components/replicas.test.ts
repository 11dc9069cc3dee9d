import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { replicasByWeight } from "../../../components/lessons/blog/replicas";
import { anySplit } from "./splits";

const two = ["v1", "v2"];
const three = ["v1", "v2", "v3"];
const anyVersions = fc.constantFrom(two, three);
const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

test.each([
  [{ v1: 100 }, [9, 1]],
  [{ v1: 90, v2: 10 }, [9, 1]],
  [{ v1: 99, v2: 1 }, [9, 1]],
  [{ v1: 80, v2: 20 }, [8, 2]],
  [{ v1: 50, v2: 50 }, [5, 5]],
  [{ v1: 0, v2: 100 }, [1, 9]],
  [{ v2: 70, v1: 30 }, [3, 7]],
])("ten pods at %j", (weights, [v1, v2]) => expect(replicasByWeight(10, two, weights)).toEqual({ v1, v2 }));

describe("for any weights", () => {
  const property = (
    check: (versions: string[], weights: Record<string, number>, replicas: Record<string, number>) => void,
  ) =>
    fc.assert(
      fc.property(
        anyVersions.chain((versions) => fc.tuple(fc.constant(versions), anySplit(versions))),
        ([versions, weights]) => check(versions, weights, replicasByWeight(10, versions, weights)),
      ),
    );

  test("ten in all, and none without any", () =>
    property((versions, _, replicas) => {
      expect(Object.keys(replicas)).toEqual(versions);
      expect(sum(Object.values(replicas))).toBe(10);
      for (const count of Object.values(replicas)) expect(count).toBeGreaterThanOrEqual(1);
    }));

  test("more weight is never fewer pods", () =>
    property((versions, weights, replicas) => {
      for (const a of versions)
        for (const b of versions)
          if ((weights[a] ?? 0) > (weights[b] ?? 0)) expect(replicas[a]).toBeGreaterThanOrEqual(replicas[b]!);
    }));

  test("shares in tens, of two versions, are met exactly", () => {
    for (let tens = 1; tens <= 9; tens++)
      expect(replicasByWeight(10, two, { v1: tens * 10, v2: 100 - tens * 10 })).toEqual({ v1: tens, v2: 10 - tens });
  });

  test("of two versions, each has the whole number of pods nearest to its share, one at least", () => {
    for (let v1 = 0; v1 <= 100; v1++) {
      const replicas = replicasByWeight(10, two, { v1, v2: 100 - v1 });
      expect(Math.abs(replicas.v1! - Math.min(9, Math.max(1, v1 / 10))), `at ${v1}:${100 - v1}`).toBeLessThanOrEqual(
        0.5,
      );
    }
  });

  test("a shift from one version to another takes no pod from the one it goes to and gives none to the one it leaves", () =>
    property((versions, weights, replicas) => {
      for (const from of versions) {
        for (const to of versions.filter((version) => version !== from && (weights[from] ?? 0) > 0)) {
          const shifted = replicasByWeight(10, versions, {
            ...weights,
            [from]: weights[from]! - 1,
            [to]: (weights[to] ?? 0) + 1,
          });
          expect(shifted[to]).toBeGreaterThanOrEqual(replicas[to]!);
          expect(shifted[from]).toBeLessThanOrEqual(replicas[from]!);
        }
      }
    }));
});
