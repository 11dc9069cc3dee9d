import { describe, expect, it } from "vitest";
import type { Outcome } from "../../../cli/traffic/outcome";
import { runTraffic } from "../../../cli/traffic/traffic";
import { server, target } from "./server";

// Again where the machine stood still at the wrong time: these look at the clock.
describe("the rate", { retry: 2 }, () => {
  it.each([
    [20, 1.5, 30],
    [2.5, 1, 3],
    [400, 1, 400],
  ])("%d a second for %d s are %d requests, each at its own time", async (rate, duration, count) => {
    const { url, requests } = await server((response) => response.end("v1"));
    const began = performance.now();
    const report = await runTraffic({ target: target(url), rate, duration, connections: count });
    expect(requests).toHaveLength(count);
    for (const [n, { at }] of requests.entries()) expect(at - began).toBeGreaterThanOrEqual((n / rate) * 1000);
    expect(report).toMatchObject({ sent: count, answered: count, failed: 0, skipped: 0, abandoned: 0, elapsed: duration * 1000 });
    const expected = ((count - 1) / rate) * 1000;
    const taken = requests.at(-1)!.at - requests[0]!.at;
    expect(Math.abs(taken - expected)).toBeLessThan(400);
  });

  it("does not drift when this process is held up", async () => {
    const { url, requests } = await server((response) => response.end("v1"));
    const holdUp = setTimeout(() => {
      for (const until = performance.now() + 300; performance.now() < until; );
    }, 400);
    const report = await runTraffic({ target: target(url), rate: 100, duration: 1 });
    clearTimeout(holdUp);
    expect(report).toMatchObject({ sent: 100, answered: 100, skipped: 0 });
    expect(requests.at(-1)!.at - requests[0]!.at).toBeLessThan(1250);
    // Whoever was due meanwhile has waited, and the figures say so.
    expect(report.percentile95).toBeGreaterThan(150);
  });

  it("does not wait for answers, and keeps connections", async () => {
    const { url, requests } = await server((response) => void setTimeout(() => response.end("v1"), 300));
    const report = await runTraffic({ target: target(url), rate: 50, duration: 1 });
    expect(report).toMatchObject({ sent: 50, answered: 50 });
    expect(report.median).toBeGreaterThan(295);
    expect(requests.slice(0, 14).every(({ at }) => at - requests[0]!.at < 300)).toBe(true);
    const connections = new Set(requests.map(({ port }) => port)).size;
    expect(connections).toBeGreaterThan(10);
    expect(connections).toBeLessThan(25);
  });

  it("says what it could not send when every connection waits", async () => {
    const { url, requests } = await server((response) => void setTimeout(() => response.end("v1"), 400));
    const report = await runTraffic({ target: target(url), rate: 100, duration: 1, connections: 5 });
    expect(report.sent + report.skipped).toBe(100);
    expect(report.sent).toBe(requests.length);
    expect(report.sent).toBeGreaterThanOrEqual(10);
    expect(report.sent).toBeLessThanOrEqual(15);
    expect(report.rate).toBe(report.sent);
    expect(report.failed).toBe(0);
  });
});

describe("a request fails", () => {
  it("by status, by a broken connection, by another's answer; each with its time and the beginning of the answer", async () => {
    const { url } = await server((response, n) => {
      if (n === 3) return void response.writeHead(503).end("no healthy upstream");
      if (n === 5) return void response.destroy();
      if (n === 7) return void response.end("<html>");
      if (n === 9) return void response.writeHead(200, { "content-length": "100" }).write("v1", () => response.destroy());
      response.end("v1");
    });
    const report = await runTraffic({ target: target(url), rate: 10, duration: 1.2 });
    expect(report).toMatchObject({ sent: 12, answered: 8, failed: 4, versions: { v1: 8 } });
    expect(report.errors).toEqual({ "status 503": 1, ECONNRESET: 2, "an answer without a version": 1 });
    expect(report.failures.map(({ due, kind, detail }) => [due, kind, detail])).toEqual([
      [300, "status 503", "no healthy upstream"],
      [500, "ECONNRESET", expect.any(String)],
      [700, "an answer without a version", "<html>"],
      [900, "ECONNRESET", expect.any(String)],
    ]);
    expect(report.seconds.map(({ answered, failed }) => [answered, failed])).toEqual([
      [6, 4],
      [2, 0],
    ]);
  });

  it("by having no answer in time, and the load still ends", async () => {
    const { url } = await server((response, n) => void (n % 2 === 0 && response.end("v1")));
    const report = await runTraffic({ target: target(url), rate: 10, duration: 1, deadline: 200 });
    expect(report).toMatchObject({ answered: 5, errors: { "no answer within 0.2 s": 5 } });
    for (const { latency } of report.failures) expect(latency).toBeGreaterThanOrEqual(199);
  });

  it("by a port nobody listens at", async () => {
    const report = await runTraffic({ target: target("http://127.0.0.1:1/"), rate: 10, duration: 1 });
    expect(report).toMatchObject({ answered: 0, failed: 10, errors: { ECONNREFUSED: 10 } });
    expect(report.median).toBeUndefined();
  });
});

describe("versions", () => {
  it("are counted in total and in the second their requests were due", async () => {
    const { url } = await server((response, n) => response.end(n < 20 ? "v1" : "v2"));
    const outcomes: Outcome[] = [];
    const report = await runTraffic({ target: target(url), rate: 20, duration: 2 }, { outcome: (outcome) => outcomes.push(outcome) });
    expect(report.versions).toEqual({ v1: 20, v2: 20 });
    expect(report.seconds.map(({ versions }) => versions)).toEqual([{ v1: 20 }, { v2: 20 }]);
    expect(outcomes.map(({ due }) => due).sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => (n / 20) * 1000));
  });
});

describe("stopping", () => {
  it("ends the load with what was answered until then", async () => {
    const { url } = await server((response) => response.end("v1"));
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 500);
    const began = performance.now();
    const report = await runTraffic({ target: target(url), rate: 20, duration: 60 }, { stop: stop.signal });
    expect(performance.now() - began).toBeLessThan(1500);
    expect(report.sent).toBeGreaterThanOrEqual(9);
    expect(report.sent).toBeLessThanOrEqual(11);
    expect(report).toMatchObject({ answered: report.sent, failed: 0, abandoned: 0, skipped: 0 });
    expect(report.rate).toBeGreaterThan(16);
    expect(report.rate).toBeLessThan(24);
  });

  it("waits a second for what is under way and counts the rest as not waited for, not as failed", async () => {
    const { url } = await server((response, n) => void (n === 0 && setTimeout(() => response.end("v1"), 700)));
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 300);
    const began = performance.now();
    const report = await runTraffic({ target: target(url), rate: 10, duration: 60 }, { stop: stop.signal });
    expect(performance.now() - began).toBeLessThan(1700);
    expect(report.answered).toBe(1);
    expect(report.failed).toBe(0);
    expect(report.abandoned).toBe(report.sent - 1);
  });

  it("also while only the last answers are waited for", async () => {
    const { url } = await server(() => undefined);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 1200);
    const report = await runTraffic({ target: target(url), rate: 5, duration: 1 }, { stop: stop.signal });
    expect(report).toMatchObject({ sent: 5, abandoned: 5, answered: 0, failed: 0, elapsed: 1000 });
  });
});

it("shows the figures while it runs", async () => {
  const { url } = await server((response) => response.end("v1"));
  const shown: [sent: number, answered: number][] = [];
  await runTraffic({ target: target(url), rate: 20, duration: 1 }, { every: 250, show: ({ sent, tally }) => shown.push([sent, tally.total.answered]) });
  expect(shown.length).toBeGreaterThanOrEqual(3);
  for (const [sent, answered] of shown) expect(answered).toBeLessThanOrEqual(sent);
  expect(shown.map(([sent]) => sent)).toEqual(shown.map(([sent]) => sent).sort((a, b) => a - b));
});
