import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { hint } from "../../../cli/commands/hint";
import { settingsWith } from "../check/settings";

const { world } = vi.hoisted(() => ({ world: { mode: "STRICT", labels: {}, lessons: ["backend"], fails: false } }));
vi.mock("../../../cli/stack/taken", () => ({ takenStack: async (named?: string) => named ?? "ada" }));
vi.mock("../../../cli/seat/stack-outputs", () => ({
  readStack: async (stack: string) => ({
    stack,
    settings: settingsWith({ lessons: world.lessons }),
    installed: world.lessons,
  }),
}));
vi.mock("../../../cli/seat/live-seat", () => ({
  LiveSeat: class {
    get = async (path: string) => {
      if (path.endsWith("kube-system")) return { metadata: { uid: "cluster-1" } };
      if (world.fails) throw new Error("no answer");
      return path.includes("peerauth")
        ? { metadata: {}, spec: { mtls: { mode: world.mode } } }
        : { metadata: { labels: world.labels } };
    };
    list = async () => [];
  },
}));

let home: string;
const printed = async (named?: string, next = false): Promise<string[]> => {
  const out = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  await hint(named, { stack: "ada", next });
  const text = out.mock.calls.map(([line]) => String(line)).join("");
  out.mockRestore();
  return text.trimEnd().split("\n");
};

beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-hint-"));
  vi.stubEnv("ISTIO_LAB_HOME", home);
  Object.assign(world, { mode: "STRICT", labels: {}, lessons: ["backend"], fails: false });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  fs.rmSync(home, { recursive: true });
});

const more = "npm run -s hint -- --stack ada backend-let-plaintext-in --next";

it("helps with the task that comes next: one step, and one more with --next, up to the solution on that seat", async () => {
  expect(await printed()).toEqual([
    "backend-let-plaintext-in: Let the namespace's pods take plaintext as well",
    '  page      docs/lessons/backend.md, "4. Break: take plaintext as well"',
    "  hint 1    Which object says what the sidecars of a namespace take?",
    `  2 more  ${more}`,
  ]);
  expect((await printed()).length).toBe(4);
  expect((await printed("backend-let-plaintext-in", true)).at(-1)).toBe(`  one more  ${more}`);
  const all = await printed(undefined, true);
  expect(all).toHaveLength(5);
  expect(all.at(-1)).toBe(
    `  solution  npm run -s kubectl -- --stack ada patch peerauthentication default -n client --type merge -p '{"spec":{"mtls":{"mode":"PERMISSIVE"}}}'`,
  );
  expect(await printed(undefined, true)).toEqual(all);
});

it("shows the first step at first, also with --next", async () => {
  expect(await printed("backend-leave-the-mesh", true)).toHaveLength(3);
});

it("goes on to the task after one that is done", async () => {
  world.mode = "PERMISSIVE";
  await printed();
  world.mode = "STRICT";
  world.labels = { "istio-injection": "disabled" };
  expect((await printed())[0]).toMatch(/^backend-join-the-mesh: /);
});

it("refuses a name that has no hints, with those that have", async () => {
  await expect(hint("backend-x", { stack: "ada" })).rejects.toThrow(
    /^Stack ada has no task backend-x\. It has hints for: backend-let-plaintext-in, .*backend-join-the-mesh\.$/,
  );
  await expect(hint("backend-pods", { stack: "ada" })).rejects.toThrow(
    /^backend-pods has no hints\. It has hints for: /,
  );
});

it("says what it cannot know, and where no lesson has tasks", async () => {
  world.fails = true;
  await expect(hint(undefined, { stack: "ada" })).rejects.toThrow(
    "What is next is unknown. `npm run check -- --stack ada --progress` says which task could not be asked.",
  );
  world.lessons = [];
  await expect(hint(undefined, { stack: "ada" })).rejects.toThrow("The lessons of stack ada have no tasks.");
});
