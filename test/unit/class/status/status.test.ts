import { describe, expect, it } from "vitest";
import { boardLines } from "../../../../cli/class/board/terminal";
import {
  type ClassStatus,
  isUp,
  podsText,
  statusBoard,
  statusJson,
  statusJunit,
  statusOf,
} from "../../../../cli/class/status";
import { aClass, aSeat } from "../run/a-class";

const pod = (name: string, ready: boolean, phase = "Running") => ({
  metadata: { name, namespace: "blog" },
  status: { phase, conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
});

describe("a seat's pods", () => {
  it("are all ready, but for those that have done their work", () =>
    expect(podsText([pod("a", true), pod("job", false, "Succeeded")])).toBe("up, 1 pods ready"));
  it("that are not ready are named", () =>
    expect(podsText([pod("a", true), pod("b", false), { metadata: { name: "c", namespace: "x" } }])).toBe(
      "up, 2 of 3 pods not ready: blog/b, x/c",
    ));
});

describe("the status of a class", () => {
  const found: ClassStatus = {
    class: "istio-101",
    at: new Date("2026-11-21T10:00:00Z"),
    seconds: 2,
    seats: [
      {
        seat: "seat-01",
        trainee: "Trainee 1",
        phase: "done",
        doing: "up, 12 pods ready",
        elapsed: 700,
        resources: 61,
        gatewayUrl: "http://192.0.2.1:80",
      },
      {
        seat: "seat-02",
        trainee: "Trainee 2",
        phase: "failed",
        doing: "",
        trouble: "half-made <&>",
        elapsed: 400,
        resources: 7,
      },
    ],
  };

  it("is green when every seat is up", () => {
    expect(isUp(found)).toBe(false);
    expect(isUp({ ...found, seats: found.seats.slice(0, 1) })).toBe(true);
  });

  it("is a table, JSON and JUnit, with the reason of each that is not up", () => {
    expect(boardLines(statusBoard(found), { columns: 120, rows: 40 }).slice(2)).toEqual([
      expect.stringMatching(/^seat-01 .* done .*up, 12 pods ready$/),
      expect.stringMatching(/^seat-02 .* failed .*half-made <&>$/),
    ]);
    expect(JSON.parse(statusJson(found))).toMatchObject({
      class: "istio-101",
      seats: [
        { seat: "seat-01", gatewayUrl: "http://192.0.2.1:80" },
        { seat: "seat-02", trouble: "half-made <&>" },
      ],
    });
    const xml = statusJunit(found);
    expect(xml).toContain('tests="2" failures="1"');
    expect(xml).toContain('<failure message="half-made &lt;&amp;&gt;" type="failed"/>');
  });

  it("asks nobody for a seat that has no stack", async () => {
    expect(await statusOf({ workspace: { env: {} }, roster: aClass(3).roster }, aSeat(3), false)).toMatchObject({
      seat: "seat-03",
      phase: "waiting",
      doing: "not made",
      resources: 0,
    });
  });
});
