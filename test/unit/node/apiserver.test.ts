import { EventEmitter } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answers, waitReady } from "../../../embedded/node/apiserver";
import { layout } from "../../../embedded/node/layout";
import { run } from "../../../embedded/node/run";

interface Asked {
  host: string;
  port: number;
  path: string;
  agent: unknown;
  [more: string]: unknown;
}
const { world } = vi.hoisted(() => ({
  world: {
    asked: [] as Asked[],
    /** A status, or an event of the request. */
    answers: [] as (number | "error" | "timeout")[],
    agents: [] as { options: object; isGone: boolean }[],
    slept: 0,
  },
}));
vi.mock("node:https", () => ({
  Agent: class {
    isGone = false;
    constructor(readonly options: object) {
      world.agents.push(this);
    }
    destroy() {
      this.isGone = true;
    }
  },
  get: (options: Asked, answered: (response: object) => void) => {
    world.asked.push(options);
    const answer = world.answers.shift() ?? "error";
    const request = Object.assign(new EventEmitter(), { destroy: () => request.emit("error", new Error("hang up")) });
    queueMicrotask(() =>
      typeof answer === "number"
        ? answered({ statusCode: answer, resume: () => undefined })
        : request.emit(answer, new Error("ECONNREFUSED")),
    );
    return request;
  },
}));
vi.mock("node:timers/promises", () => ({
  setTimeout: async (milliseconds: number) => {
    world.slept += milliseconds;
    vi.setSystemTime(Date.now() + milliseconds);
  },
}));

let folder: string;
beforeEach(() => {
  vi.useFakeTimers({ now: 0, toFake: ["Date"] });
  Object.assign(world, { asked: [], answers: [], agents: [], slept: 0 });
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-apiserver-")));
  fs.mkdirSync(layout(folder).pki);
  for (const name of ["ca.crt", "apiserver-kubelet-client.crt", "apiserver-kubelet-client.key"])
    fs.writeFileSync(path.join(layout(folder).pki, name), name);
});
afterEach(() => {
  vi.useRealTimers();
  fs.rmSync(folder, { recursive: true });
});

describe("an apiserver", () => {
  it("is asked at the node's address by its own authority and a client's certificate", async () => {
    world.answers = [200];
    expect(await answers(layout(folder), "10.231.0.2", "/livez/ping")).toBe(true);
    const [{ ca, cert, key, ...asked }] = world.asked as [Asked];
    expect(asked).toEqual({ host: "10.231.0.2", port: 6443, path: "/livez/ping", timeout: 2000, agent: false });
    expect([ca, cert, key].map(String)).toEqual([
      "ca.crt",
      "apiserver-kubelet-client.crt",
      "apiserver-kubelet-client.key",
    ]);
  });

  it.each([[201], [401], [403], [404], [500], ["error" as const], ["timeout" as const]])(
    "has not answered by %s",
    async (answer) => {
      world.answers = [answer];
      expect(await answers(layout(folder), "10.231.0.2", "/readyz")).toBe(false);
    },
  );

  it("is waited for until it is ready, by one connection, which is closed", async () => {
    world.answers = ["error", 500, 200];
    expect(await waitReady(layout(folder), "10.231.0.2")).toBe(true);
    expect(world.asked.map(({ path }) => path)).toEqual(["/readyz", "/readyz", "/readyz"]);
    expect(world.agents).toMatchObject([{ options: { keepAlive: true, maxSockets: 1 }, isGone: true }]);
    expect(world.asked.every(({ agent }) => agent === world.agents[0])).toBe(true);
  });

  it("is waited for no longer than its time", async () => {
    expect(await waitReady(layout(folder), "10.231.0.2", 1000, "/livez")).toBe(false);
    expect(world.slept).toBe(1000);
    expect(new Set(world.asked.map(({ path }) => path))).toEqual(new Set(["/livez"]));
    expect(world.agents[0]!.isGone).toBe(true);
    world.slept = 0;
    expect(await waitReady(layout(folder), "10.231.0.2")).toBe(false);
    expect(world.slept).toBe(60_000);
  });
});

describe("a program that is run", () => {
  it("gives what it wrote, in the environment it was given", async () => {
    expect(await run("sh", ["-c", "echo $A; echo x >&2"], { env: { PATH: process.env.PATH, A: "b" } })).toBe("b\n");
  });

  it.each([
    ["echo first; echo why >&2; exit 3", /^sh -c .*: why$/s],
    ["exit 3", /^sh -c exit 3: .*exit 3/],
  ])("and fails with its own words: %s", async (script, words) => {
    await expect(run("sh", ["-c", script])).rejects.toThrow(words);
  });

  it("that is not there fails as well", async () => {
    await expect(run("/nonexistent/program", [])).rejects.toThrow(/ENOENT/);
  });
});
