import { describe, expect, it } from "vitest";
import { report, Tally } from "../../../cli/traffic/report";
import { liveLines, summaryLines } from "../../../cli/traffic/text";

const load = { target: { url: "http://seat/", versionOf: () => undefined }, rate: 10, duration: 60 };

/** Ten a second: v1 for ten seconds, then v2 for two; all in 20 ms. */
function shifted(): Tally {
  const tally = new Tally();
  for (let n = 0; n < 120; n += 1) tally.add({ due: n * 100, latency: 20, version: n < 100 ? "v1" : "v2" });
  return tally;
}

describe("the live lines", () => {
  it("tell the last seconds apart from the whole", () => {
    expect(liveLines({ elapsed: 12_000, sent: 120, tally: shifted() }, 60)).toEqual([
      "12 of 60 s · 120 sent · no errors",
      "last 5 s: v1 30 (60 %), v2 20 (40 %) · median 20 ms, 95 % within 20 ms",
      "in total: v1 100 (83 %), v2 20 (17 %)",
    ]);
  });

  it("count errors by kind, and stand before the first answer too", () => {
    const tally = new Tally();
    for (const kind of ["status 503", "ECONNRESET", "status 503"])
      tally.add({ due: 0, latency: 5, failure: { kind, detail: "" } });
    expect(liveLines({ elapsed: 400, sent: 4, tally }, 1.5)).toEqual([
      "0 of 1.5 s · 4 sent · 3 failed (ECONNRESET: 1, status 503: 2)",
      "last 5 s: no answer yet · no latency yet",
      "in total: no answer yet",
    ]);
  });
});

describe("the summary", () => {
  it("has a row for each version and each kind of error, with the times between which it was seen", () => {
    const tally = shifted();
    for (const due of [3000, 4000, 4500]) tally.add({ due, latency: 100, failure: { kind: "status 503", detail: "" } });
    tally.add({ due: 5000, latency: 10, failure: { kind: "ECONNRESET", detail: "" } });
    expect(summaryLines(report(load, 0, { sent: 124, skipped: 0, abandoned: 0, elapsed: 12_400 }, tally))).toEqual([
      "  sent          124 in 12.4 s: 10 a second",
      "  answered      120, median 20 ms, 95 % within 20 ms",
      "    v1          100 (83.3 %)",
      "    v2          20 (16.7 %)",
      "  failed        4",
      "    ECONNRESET  1, at 5.0 s",
      "    status 503  3, from 3.1 s to 4.6 s",
    ]);
  });

  it("says that the rate was not kept", () => {
    const lines = summaryLines(
      report(load, 0, { sent: 120, skipped: 480, abandoned: 0, elapsed: 60_000 }, shifted()),
    ).join(" ");
    expect(lines).toMatch(/The rate was not reached: 2 of 10 requests a second were sent\. 480 of 600 requests/);
  });
});

it("keeps a thousand failures and counts all", () => {
  const tally = new Tally();
  for (let n = 0; n < 1500; n += 1) tally.add({ due: n, latency: 1, failure: { kind: "status 500", detail: "" } });
  expect(tally.failures).toHaveLength(1000);
  expect(tally.total.failed).toBe(1500);
});
