import * as os from "node:os";
import { describe, expect, it, vi } from "vitest";
import { concurrencyOf, defaultConcurrency, runOptionsOf } from "../../../../cli/class/run/options";
import { aClass } from "./a-class";

vi.mock("../../../../base/memory", () => ({ memoryHere: () => ({ free: 64 * 2 ** 30 }) }));

const GiB = 2 ** 30;

describe("seats at the same time", () => {
  it.each([
    [{ here: true, cores: 2, free: 20 * GiB, seats: 6 }, 2, "a seat on this machine takes a core"],
    [{ here: false, cores: 2, free: 20 * GiB, seats: 30 }, 8, "one elsewhere waits for most of its time"],
    [{ here: false, cores: 8, free: 64 * GiB, seats: 30 }, 16, "more at a time is never quicker"],
    [{ here: false, cores: 8, free: 2 * GiB, seats: 30 }, 2, "each needs 0.8 GiB here"],
    [{ here: true, cores: 8, free: 64 * GiB, seats: 3 }, 3, "no more than there are"],
    [{ here: true, cores: 2, free: 0, seats: 3 }, 1, "one at least"],
  ])("%j: %d, because %s", (machine, wanted) => expect(defaultConcurrency(machine)).toBe(wanted));

  describe("by the targets of the class", () => {
    const cores = os.availableParallelism();
    const seats = (...targets: string[]) => {
      const of = aClass(40);
      return concurrencyOf(
        {
          roster: {
            ...of.roster,
            seats: of.roster.seats.map((seat, index) => ({
              ...seat,
              config: { target: targets[index % targets.length]! },
            })),
          },
        },
        undefined,
      );
    };

    it.each<[string[], boolean]>([
      [["embedded"], true],
      [["minikube"], true],
      [["azure", "minikube"], true],
      [["azure"], false],
      [["azure", "existing"], false],
    ])("%j is on this machine: %j", (targets, here) => {
      expect(seats(...targets)).toBe(Math.min(16, here ? cores : 4 * cores));
    });
  });

  it.each(["1", "12", "999"])("is what is said: %s", (given) =>
    expect(concurrencyOf(aClass(1), given)).toBe(Number(given)),
  );
  it.each(["0", "-1", "many", "1.5", "1000"])("refuses --concurrency %s", (given) => {
    expect(() => concurrencyOf(aClass(1), given)).toThrow(
      `--concurrency ${given}: the number of seats to work on at once must be a whole number from 1 to 999.`,
    );
  });
});

describe("the command line of a verb", () => {
  it.each([
    [{ concurrency: "3" }, { concurrency: 3, failFast: false }],
    [
      { concurrency: "3", failFast: false },
      { concurrency: 3, failFast: false },
    ],
    [
      { concurrency: "3", failFast: true, html: "board.html" },
      { concurrency: 3, failFast: true, html: "board.html" },
    ],
  ])("%j runs over the seats as %j", (given, wanted) =>
    expect(runOptionsOf(aClass(1), { roster: "class.csv", ...given })).toStrictEqual(wanted),
  );
});
