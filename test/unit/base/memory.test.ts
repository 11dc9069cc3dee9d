import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { limited, memoryHere } from "../../../base/memory";

const GiB = 2 ** 30;
const machine = { total: 24 * GiB, free: 20 * GiB };
/** What version 1 writes for no limit. */
const NONE = "9223372036854771712";

let mounted: string;
beforeEach(() => void (mounted = fs.mkdtempSync(path.join(os.tmpdir(), "groups-"))));
afterEach(() => fs.rmSync(mounted, { recursive: true }));

function group(folder: string, files: Record<string, string | number>): void {
  fs.mkdirSync(path.join(mounted, folder), { recursive: true });
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(mounted, folder, name), `${text}\n`);
}

const cases: [string, () => string, { total: number; free: number }][] = [
  ["no control groups at all", () => "", machine],
  [
    "version 2 without a limit",
    () => (group("user", { "memory.max": "max", "memory.current": GiB, "memory.stat": "inactive_file 0" }), "0::/user"),
    machine,
  ],
  [
    "version 1 without a limit",
    () => (group("memory/user", { "memory.limit_in_bytes": NONE, "memory.usage_in_bytes": GiB }), "4:memory:/user"),
    machine,
  ],
  [
    "version 2 in a container of 8 GiB",
    () => (
      group("", { "memory.max": 8 * GiB, "memory.current": 3 * GiB, "memory.stat": `anon 1\ninactive_file ${GiB}` }),
      "0::/"
    ),
    { total: 8 * GiB, free: 6 * GiB },
  ],
  [
    "version 1 in a container of 8 GiB, whose path is the machine's",
    () => (
      group("memory", {
        "memory.limit_in_bytes": 8 * GiB,
        "memory.usage_in_bytes": 3 * GiB,
        "memory.stat": `inactive_file 0\ntotal_inactive_file ${GiB}`,
      }),
      "5:cpu,cpuacct:/docker/x\n4:memory:/docker/x"
    ),
    { total: 8 * GiB, free: 6 * GiB },
  ],
  [
    "version 1, where another controller's group has a path of its own",
    () => (
      group("memory/small", { "memory.limit_in_bytes": GiB, "memory.usage_in_bytes": 0 }),
      group("memory/own", { "memory.limit_in_bytes": 8 * GiB, "memory.usage_in_bytes": 0 }),
      "5:cpu,cpuacct:/small\n4:memory:/own"
    ),
    { total: 8 * GiB, free: 8 * GiB },
  ],
  [
    "a limit of the group above",
    () => (
      group("a", { "memory.max": 6 * GiB, "memory.current": GiB }),
      group("a/b", { "memory.max": "max", "memory.current": GiB }),
      "0::/a/b"
    ),
    { total: 6 * GiB, free: 5 * GiB },
  ],
  [
    "the smaller of two limits",
    () => (
      group("a", { "memory.max": 6 * GiB, "memory.current": 0 }),
      group("a/b", { "memory.max": 2 * GiB, "memory.current": 0 }),
      "0::/a/b"
    ),
    { total: 2 * GiB, free: 2 * GiB },
  ],
  [
    "a limit above what the machine has",
    () => (group("a", { "memory.max": 64 * GiB, "memory.current": 0 }), "0::/a"),
    machine,
  ],
  [
    "a group that holds more than it may",
    () => (group("a", { "memory.max": GiB, "memory.current": 2 * GiB }), "0::/a"),
    { total: GiB, free: 0 },
  ],
];

test.each(cases)("the smaller counts, of the machine and of its control group: %s", (_, make, expected) => {
  expect(limited(machine, make(), mounted)).toEqual(expected);
});

test("this machine has some, and no more than the kernel says", () => {
  const { total, free } = memoryHere();
  expect(total).toBeLessThanOrEqual(os.totalmem());
  expect(free).toBeGreaterThan(0);
  expect(free).toBeLessThanOrEqual(total);
});
