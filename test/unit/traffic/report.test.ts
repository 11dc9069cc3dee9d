import { describe, expect, it } from "vitest";
import { limits, readOptions } from "../../../cli/traffic/options";
import { report, Tally } from "../../../cli/traffic/report";

const load = { target: { url: "http://seat/", versionOf: () => undefined }, rate: 50, duration: 2 };
const sent = { sent: 90, skipped: 7, abandoned: 3, elapsed: 2000 };
/** Within one percent, as latencies are kept. */
const about = (value: number) =>
  expect.toSatisfy((seen: number) => Math.abs(seen / value - 1) < 0.011, `about ${value}`);

describe("the report of a load", () => {
  const tally = new Tally();
  // A hundred answers of 10, 20 … 1000 ms, fifty in each second.
  for (let n = 1; n <= 100; n += 1)
    tally.add({ due: (n - 1) * 20, latency: n * 10, version: n % 4 === 0 ? "v10" : "v2" });
  tally.add({ due: 1999.94, latency: 5000.06, failure: { kind: "status 503", detail: "no healthy upstream" } });
  const made = report(load, 1_700_000_000_000, sent, tally);

  it("has the median, and what 95 of a hundred answers did not exceed: a failure has no latency", () => {
    expect(made).toMatchObject({ answered: 100, failed: 1, median: about(500), percentile95: about(950) });
  });

  it("has the rate that was sent, by the second, and what was asked for", () => {
    expect(made).toMatchObject({
      rate: 45,
      asked: { rate: 50, duration: 2 },
      sent: 90,
      skipped: 7,
      abandoned: 3,
      elapsed: 2000,
    });
    expect(report(load, 0, { ...sent, elapsed: 0 }, new Tally()).rate).toBe(0);
  });

  it("has each second by itself", () => {
    expect(made.seconds.map(({ answered, failed }) => [answered, failed])).toEqual([
      [50, 0],
      [50, 1],
    ]);
    expect(made.seconds.map(({ median }) => median)).toEqual([about(250), about(750)]);
  });

  it("names versions in their order, and each failure with its time", () => {
    expect(Object.entries(made.versions)).toEqual([
      ["v2", 75],
      ["v10", 25],
    ]);
    expect(made.errors).toEqual({ "status 503": 1 });
    expect(made.failures).toEqual([
      { due: 1999.9, latency: 5000.1, kind: "status 503", detail: "no healthy upstream" },
    ]);
  });

  it("has no latency where nothing was answered", () => {
    const none = report(load, 0, sent, new Tally());
    expect([none.median, none.percentile95, none.answered]).toEqual([undefined, undefined, 0]);
  });
});

describe("the last seconds of a tally", () => {
  it("are the whole ones before, and the one that is not over yet", () => {
    const tally = new Tally();
    for (const [second, count] of [3, 5, 7, 11].entries())
      for (let n = 0; n < count; n += 1) tally.add({ due: second * 1000 + n, latency: 1, version: "v1" });
    expect(tally.last(2, 3500).answered).toBe(5 + 7 + 11);
    expect(tally.last(1, 2000).answered).toBe(5 + 7);
    expect(tally.last(9, 3500).answered).toBe(26);
    expect(tally.last(2, 60_000).answered).toBe(0);
  });

  it("are a copy: what is merged into them is not counted twice", () => {
    const tally = new Tally();
    tally.add({ due: 0, latency: 1, version: "v1" });
    for (let n = 0; n < 3; n += 1) tally.last(5, 0);
    expect(tally.total.answered).toBe(1);
    expect(tally.last(5, 0).answered).toBe(1);
  });
});

it.each(
  (["rate", "duration"] as const).flatMap((name) =>
    [limits[name].min, limits[name].max].map((edge) => [name, edge] as const),
  ),
)("--%s %d, the limit itself, is accepted, and what is beyond it is not", (name, edge) => {
  const given = { rate: "10", duration: "60" };
  expect(readOptions({ ...given, [name]: String(edge) })[name]).toBe(edge);
  const beyond = edge === limits[name].min ? edge - 0.1 : edge + 0.1;
  expect(() => readOptions({ ...given, [name]: String(beyond) })).toThrow(`--${name} ${beyond}`);
});
