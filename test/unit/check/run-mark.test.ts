import { hostname } from "node:os";
import { expect, it, vi } from "vitest";
import { mayRun, readRun } from "../../../cli/check/run-mark";

/** Seconds since the process of the mark was started. */
const AGE = 50;
vi.mock("../../../base/process-id", async (original) => ({
  ...(await original<typeof import("../../../base/process-id")>()),
  hasProc: () => true,
  identify: (pid: number) => ({ pid, start: "1" }),
  commandOf: () => ["node", "/somewhere/cli/run.mjs", "check"],
  age: () => AGE,
}));
vi.mock("../../../base/process-owner", () => ({ isOwn: () => true }));

/** An older version's mark has no start: another process may have got its number since. */
it.each([
  ["older than the namespace", AGE - 10, true],
  ["as old as it, to the second in which the cluster counts", AGE + 0.5, true],
  ["younger than it, so another one", AGE + 2, false],
  ["much younger than it", AGE * 100, false],
])("a mark without a start is of a process that is %s", (_, namespaceAge, may) => {
  expect(mayRun(readRun(`${hostname()} 4242`), Date.now() - namespaceAge * 1000)).toBe(may);
});
