import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Load } from "../../../cli/traffic/load";
import type { Answered, RequestOutcome } from "../../../cli/traffic/request";
import { runTraffic, type Watch } from "../../../cli/traffic/traffic";
import { target } from "./server";

const { held } = vi.hoisted(() => ({
  held: {} as { ask: (n: number, cancel: AbortSignal) => Promise<Answered | undefined> },
}));

/** When each request was sent, in milliseconds of the clock that these tests move. */
let sentAt: number[];
/** What the process was held up for: the clock goes on and no timer ends. */
let heldUp: number;

// A stand-in for the connection: load.test.ts asks a real server.
vi.mock("../../../cli/traffic/request", () => ({
  ask: (_target: unknown, _agent: unknown, _deadline: number, cancel: AbortSignal) =>
    held.ask(sentAt.push(performance.now()) - 1, cancel),
}));

const answered = { version: "v1" };
const after = (ms: number, cancel: AbortSignal) =>
  new Promise<Answered | undefined>((resolve) => {
    setTimeout(() => resolve(answered), ms);
    cancel.addEventListener("abort", () => resolve(undefined));
  });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance", "Date"] });
  [sentAt, heldUp] = [[], 0];
  const { now } = performance;
  const began = now.call(performance);
  vi.spyOn(performance, "now").mockImplementation(() => now.call(performance) - began + heldUp);
  held.ask = async () => answered;
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Runs a load by the clock of these tests. Its report, and how long it took. */
async function run(load: Omit<Load, "target">, watch: Watch = {}) {
  let ended: number | undefined;
  const running = runTraffic({ target: target("http://127.0.0.1/"), ...load }, watch).finally(
    () => (ended = performance.now()),
  );
  while (ended === undefined) await vi.advanceTimersByTimeAsync(1);
  return { report: await running, took: ended };
}

function stopAfter(ms: number): AbortSignal {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), ms);
  return stop.signal;
}

describe("the rate", () => {
  it.each([
    [20, 1.5, 30],
    [2.5, 1, 3],
    [400, 1, 400],
  ])("%d a second for %d s are %d requests, each at its own time", async (rate, duration, count) => {
    const { report } = await run({ rate, duration, connections: count });
    expect(report).toMatchObject({
      sent: count,
      answered: count,
      failed: 0,
      skipped: 0,
      abandoned: 0,
      elapsed: duration * 1000,
    });
    expect(sentAt).toHaveLength(count);
    for (const [n, at] of sentAt.entries()) {
      expect(at).toBeGreaterThanOrEqual((n / rate) * 1000);
      expect(at).toBeLessThan((n / rate) * 1000 + 2); // timers are of whole milliseconds
    }
  });

  it("does not drift when this process is held up", async () => {
    held.ask = async (n) => {
      if (n === 40) heldUp = 300;
      return answered;
    };
    const { report } = await run({ rate: 100, duration: 1 });
    expect(report).toMatchObject({ sent: 100, answered: 100, skipped: 0 });
    for (const [n, at] of sentAt.entries()) expect(at - Math.max(n * 10, n > 40 && n < 70 ? 700 : 0)).toBeLessThan(3);
    // Whoever was due meanwhile has waited, and the figures say so.
    expect(report.percentile95).toBeGreaterThan(230);
  });

  it("does not wait for answers", async () => {
    held.ask = (_, cancel) => after(300, cancel);
    const { report } = await run({ rate: 50, duration: 1 });
    expect(report).toMatchObject({ sent: 50, answered: 50 });
    expect(report.median).toBeGreaterThanOrEqual(300);
    expect(sentAt.filter((at) => at < 300)).toHaveLength(15);
  });

  it("says what it could not send when every connection waits", async () => {
    held.ask = (_, cancel) => after(395, cancel);
    const { report } = await run({ rate: 100, duration: 1, connections: 5 });
    expect(report).toMatchObject({ sent: 15, skipped: 85, answered: 15, failed: 0, rate: 15 });
  });
});

describe("what was answered", () => {
  it("is counted in total and in the second its request was due", async () => {
    held.ask = async (n) => ({ version: n < 20 ? "v1" : "v2" });
    const outcomes: RequestOutcome[] = [];
    const { report } = await run({ rate: 20, duration: 2 }, { outcome: (outcome) => outcomes.push(outcome) });
    expect(report.versions).toEqual({ v1: 20, v2: 20 });
    expect(report.seconds.map(({ versions }) => versions)).toEqual([{ v1: 20 }, { v2: 20 }]);
    expect(outcomes.map(({ due }) => due)).toEqual(Array.from({ length: 40 }, (_, n) => (n / 20) * 1000));
  });

  it("and a failure is told with when its request was due, and for how long it was waited", async () => {
    held.ask = async (n, cancel) => {
      if (n === 3) await after(40, cancel);
      return n === 3 ? { failure: { kind: "status 503", detail: "no healthy upstream" } } : answered;
    };
    const { report } = await run({ rate: 10, duration: 1 });
    expect(report).toMatchObject({ sent: 10, answered: 9, failed: 1, errors: { "status 503": 1 } });
    expect(report.failures.map(({ due, kind, detail }) => [due, kind, detail])).toEqual([
      [300, "status 503", "no healthy upstream"],
    ]);
    expect(report.failures[0]!.latency).toBeGreaterThanOrEqual(40);
    expect(report.failures[0]!.latency).toBeLessThan(43);
  });
});

describe("stopping", () => {
  it("ends the load with what was answered until then", async () => {
    const { report, took } = await run({ rate: 20, duration: 60 }, { stop: stopAfter(475) });
    expect(report).toMatchObject({ sent: 10, answered: 10, failed: 0, abandoned: 0, skipped: 0 });
    expect(took).toBeLessThan(480);
    expect(report.rate).toBeCloseTo(10 / 0.475, 0);
  });

  it("waits a second for what is under way and counts the rest as not waited for, not as failed", async () => {
    held.ask = (n, cancel) => after(n === 0 ? 700 : 5_000, cancel);
    const { report, took } = await run({ rate: 10, duration: 60 }, { stop: stopAfter(295) });
    expect(report).toMatchObject({ sent: 3, answered: 1, failed: 0, abandoned: 2 });
    expect(took).toBeGreaterThanOrEqual(1295);
    expect(took).toBeLessThan(1300);
  });

  it("also while only the last answers are waited for", async () => {
    held.ask = (_, cancel) => after(60_000, cancel);
    const { report, took } = await run({ rate: 5, duration: 1 }, { stop: stopAfter(1200) });
    expect(report).toMatchObject({ sent: 5, abandoned: 5, answered: 0, failed: 0, elapsed: 1000 });
    expect(took).toBeLessThan(2_205);
  });
});

it("shows the figures while it runs", async () => {
  held.ask = (_, cancel) => after(75, cancel);
  const shown: [sent: number, answered: number][] = [];
  await run(
    { rate: 20, duration: 1 },
    { every: 260, show: ({ sent, tally }) => shown.push([sent, tally.total.answered]) },
  );
  expect(shown.slice(0, 3)).toEqual([
    [6, 4],
    [11, 9],
    [16, 15],
  ]);
});
