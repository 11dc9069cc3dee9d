import { beforeEach, expect, it, vi } from "vitest";
import type { CheckReport } from "../../../../cli/check";
import { checkClass } from "../../../../cli/class/check/check-class";
import { SeatTrouble } from "../../../../cli/class/run/outcome";
import { report, result } from "../../check/reports";
import { aClass, notedLine } from "../run/a-class";

const { world } = vi.hoisted(() => ({ world: { reports: {} as Record<string, unknown>, asked: [] as unknown[] } }));
vi.mock("../../../../cli/check", async (original) => ({
  ...(await original<object>()),
  runChecks: async ({ stack, lessons }: { stack: string; lessons?: string[] }) => {
    world.asked.push([stack, lessons]);
    if (world.reports[stack] instanceof Error) throw world.reports[stack];
    return world.reports[stack];
  },
}));
vi.mock("../../../../cli/class/run/over-seats", () => ({
  overSeats: (
    of: ReturnType<typeof aClass>,
    _: unknown,
    work: (seat: object, line: object, signal: AbortSignal) => Promise<unknown>,
  ) =>
    Promise.all(
      of.roster.seats.map((seat) =>
        work(seat, notedLine(), new AbortController().signal).then(
          () => ({ seat, status: "done", seconds: 1 }),
          (error: Error) => ({
            seat,
            status: "failed",
            trouble: error.message,
            line: (error as SeatTrouble).line,
            seconds: 1,
          }),
        ),
      ),
    ),
}));

const of = (...results: CheckReport["results"]): CheckReport => ({ ...report, results });
const run = (lessons?: string[]) => checkClass(aClass(Object.keys(world.reports).length), lessons, { concurrency: 1 });
beforeEach(() => Object.assign(world, { reports: {}, asked: [] }));

it("a seat of a class has failed with any failed check, and where none passed; its report is kept", async () => {
  world.reports = {
    "seat-01": of(result()),
    "seat-02": of(result(), result({ status: "failed" })),
    "seat-03": of(result({ status: "not applicable" }), result({ status: "placeholder" })),
    "seat-04": of(),
    "seat-05": new Error("it does not answer"),
  };
  const { seats, outcomes } = await run();
  expect(outcomes.map(({ status }) => status)).toEqual(["done", "failed", "failed", "failed", "failed"]);
  expect(outcomes.slice(2, 4).map((one) => (one as unknown as SeatTrouble).line)).toEqual(
    Array(2).fill("nothing was checked: 0 checks passed"),
  );
  expect(seats.map(({ seat, report, missing }) => [seat, report?.results.length ?? missing])).toEqual([
    ["seat-01", 1],
    ["seat-02", 2],
    ["seat-03", 2],
    ["seat-04", 0],
    ["seat-05", "it does not answer"],
  ]);
});

it("every seat is asked for the lessons that are named, else for all of its own", async () => {
  world.reports = { "seat-01": of(result()), "seat-02": of(result()) };
  await run(["blog"]);
  await run();
  expect(world.asked).toEqual([
    ["seat-01", ["blog"]],
    ["seat-02", ["blog"]],
    ["seat-01", undefined],
    ["seat-02", undefined],
  ]);
});
