import { describe, expect, it } from "vitest";
import { runTraffic } from "../../../cli/traffic/traffic";
import { server, target } from "./server";

// How fast requests are sent, and when a load ends, is asked by a clock of its own in pace.test.ts.
it("keeps its connections, and sends while answers are waited for", async () => {
  // Answers the first request when the sixth has come, and so on: whoever waited for an answer would send no second one.
  const waiting: (() => void)[] = [];
  const { url, requests } = await server((response, n) => {
    waiting.push(() => response.end("v1"));
    if (n >= 5) waiting.shift()!();
    if (n === 49) for (const answer of waiting.splice(0)) answer();
  });
  const report = await runTraffic({ target: target(url), rate: 50, duration: 1 });
  expect(report).toMatchObject({ sent: 50, answered: 50, failed: 0 });
  const connections = new Set(requests.map(({ port }) => port)).size;
  expect(connections).toBeGreaterThan(5);
  expect(connections).toBeLessThan(50);
});

describe("a request fails", () => {
  it("by status, by a broken connection, by another's answer; each with the beginning of the answer", async () => {
    const { url } = await server((response, n) => {
      if (n === 3) return void response.writeHead(503).end("no healthy upstream");
      if (n === 5) return void response.destroy();
      if (n === 7) return void response.end("<html>");
      if (n === 9)
        return void response.writeHead(200, { "content-length": "100" }).write("v1", () => response.destroy());
      response.end("v1");
    });
    const report = await runTraffic({ target: target(url), rate: 10, duration: 1.2 });
    expect(report).toMatchObject({ sent: 12, answered: 8, failed: 4, versions: { v1: 8 } });
    expect(report.errors).toEqual({ "status 503": 1, ECONNRESET: 2, "an answer without a version": 1 });
    expect(report.failures.map(({ kind, detail }) => [kind, detail]).sort()).toEqual([
      ["ECONNRESET", expect.stringMatching(/\w/)],
      ["ECONNRESET", expect.stringMatching(/\w/)],
      ["an answer without a version", "<html>"],
      ["status 503", "no healthy upstream"],
    ]);
  });

  it("by having no answer in time, and the load still ends", async () => {
    const { url } = await server(() => undefined);
    const report = await runTraffic({ target: target(url), rate: 10, duration: 0.5, deadline: 200 });
    expect(report).toMatchObject({ answered: 0, errors: { "no answer within 0.2 s": 5 } });
    for (const { latency } of report.failures) expect(latency).toBeGreaterThanOrEqual(199);
  });

  it("by a port nobody listens at", async () => {
    const report = await runTraffic({ target: target("http://127.0.0.1:1/"), rate: 10, duration: 1 });
    expect(report).toMatchObject({ answered: 0, failed: 10, errors: { ECONNREFUSED: 10 } });
    expect(report.median).toBeUndefined();
  });
});
