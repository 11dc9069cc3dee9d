import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import TimesReporter, { TIMES_FILE } from "../../../cli/test-run/reporter";
import { projectRoot } from "../../../base/paths";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "times-"));
  vi.useFakeTimers({ now: 1_000 });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  fs.rmSync(folder, { recursive: true });
});

const test = (name: string, result: object, meta: object = {}) => ({
  fullName: name,
  result: () => result,
  meta: () => meta,
});
const module = (name: string, waits?: object[], skipped: object[] = []): any => ({
  ...{ id: name, moduleId: path.join(projectRoot, "test", name), project: { name: "mesh" } },
  ...{ meta: () => ({ seatWaits: waits }), diagnostic: () => ({ duration: 300 }) },
  children: { allTests: (state: string) => (state === "skipped" ? skipped : []) },
});

it("writes when each file began and ended, its waits, and what was skipped for a reason, where it is told to", () => {
  const [one, other] = [
    module("one.test.ts", [{ from: 1_000, to: 1_200 }]),
    module("other.test.ts", undefined, [
      test("by its options", { state: "skipped" }, { skippedFor: "needs root" }),
      test("by itself", { state: "skipped", note: "changed here" }),
      test("by a filter", { state: "skipped" }),
    ]),
  ];
  vi.stubEnv(TIMES_FILE, path.join(folder, "times.json"));
  const reporter = new TimesReporter();
  reporter.onTestModuleQueued(one);
  vi.setSystemTime(1_500);
  reporter.onTestModuleEnd(one);
  // A file that was never begun has failed before.
  reporter.onTestModuleEnd(other);
  reporter.onTestRunEnd();
  expect(JSON.parse(fs.readFileSync(path.join(folder, "times.json"), "utf8"))).toEqual([
    {
      file: "test/one.test.ts",
      project: "mesh",
      from: 1_000,
      to: 1_500,
      waits: [{ from: 1_000, to: 1_200 }],
      skipped: [],
    },
    {
      file: "test/other.test.ts",
      project: "mesh",
      from: 1_200,
      to: 1_500,
      waits: [],
      skipped: [
        { name: "by its options", reason: "needs root" },
        { name: "by itself", reason: "changed here" },
      ],
    },
  ]);
});

it("writes nothing where it is told of no file", () => {
  vi.stubEnv(TIMES_FILE, undefined);
  new TimesReporter().onTestRunEnd();
  expect(fs.readdirSync(folder)).toEqual([]);
});
