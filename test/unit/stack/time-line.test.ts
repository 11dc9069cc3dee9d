import type { EngineEvent } from "@pulumi/pulumi/automation";
import { describe, expect, it } from "vitest";
import { upText } from "../../../cli/stack/time-line";

const STARTED = 1_000_000;
const [cluster, istio, lessons, addons, front] = [
  "istio-lab:cluster:Embedded$pulumi-nodejs:dynamic/cluster:Machine",
  "istio-lab:mesh:Istio$kubernetes:helm.sh/v3:Release",
  "istio-lab:lessons:Bookinfo$istio-lab:workload:Workload$kubernetes:apps/v1:Deployment",
  "istio-lab:addons:Kiali$kubernetes:apps/v1:Deployment",
  "istio-lab:mesh:Front$kubernetes:core/v1:Service",
];

/** The two events of a step between these seconds after the run's begin. */
function step(
  types: string,
  from: number,
  to: number,
  change: { op?: string; custom?: boolean; failed?: boolean } = {},
) {
  const { op = "create", custom = true, failed = false } = change;
  const name = `${types}-${from}-${to}`;
  const metadata = { op, urn: `urn:pulumi:seat::istio-lab::${types}::${name}`, new: { custom } };
  const at = (second: number) => ({ sequence: 0, timestamp: STARTED / 1000 + second });
  return [
    { ...at(from), resourcePreEvent: { metadata } },
    { ...at(to), [failed ? "resOpFailedEvent" : "resOutputsEvent"]: { metadata } },
  ] as unknown as EngineEvent[];
}

const text = (seconds: number, ...steps: EngineEvent[][]) =>
  upText(
    steps.flat().sort((a, b) => a.timestamp - b.timestamp),
    STARTED,
    STARTED + seconds * 1000,
  );

describe("the last sentence of an up", () => {
  it("says where the time went, part by part, and what none of them took", () => {
    expect(text(36, step(cluster!, 2, 6), step(istio!, 6, 17), step(lessons!, 17, 31), step(addons!, 31, 36))).toBe(
      "Up in 36.0 s: cluster 4 s, Istio 11 s, lessons 14 s, addons 5 s, all else 2 s.",
    );
  });

  it("counts a second once, where a part makes several things side by side", () => {
    expect(text(20, step(istio!, 0, 10), step(istio!, 5, 12), step(istio!, 14, 20))).toBe(
      "Up in 20.0 s: Istio 18 s, all else 2 s.",
    );
  });

  it("does not count what a part waits for another", () => {
    expect(text(20, step(lessons!, 0, 1), step(istio!, 1, 12), step(lessons!, 12, 20))).toBe(
      "Up in 20.0 s: Istio 11 s, lessons 9 s.",
    );
  });

  it("names what overlaps, so that nobody adds it up", () => {
    expect(text(20, step(istio!, 0, 10), step(lessons!, 10, 18), step(addons!, 2, 20))).toBe(
      "Up in 20.0 s: Istio 10 s, lessons 8 s, addons 18 s (16 s of it beside Istio and lessons).",
    );
  });

  it("counts overlapping parts once in what is left", () => {
    expect(text(30, step(istio!, 5, 15), step(addons!, 5, 15))).toBe(
      "Up in 30.0 s: Istio 10 s, addons 10 s (10 s of it beside Istio), all else 20 s.",
    );
  });

  it("counts the Service in front to Istio, and a lesson's apps to the lessons", () => {
    expect(text(9, step(lessons!, 0, 6), step(front!, 6, 9))).toBe("Up in 9.0 s: Istio 3 s, lessons 6 s.");
  });

  it("counts neither components, which do nothing themselves, nor what stays as it is", () => {
    expect(text(9, step("istio-lab:mesh:Istio", 0, 9, { custom: false }), step(addons!, 0, 9, { op: "same" }))).toBe(
      "Up in 9.0 s.",
    );
  });

  it("counts a replacement's two steps, a change, and a step that failed", () => {
    expect(
      text(
        9,
        step(addons!, 0, 2, { op: "create-replacement" }),
        step(addons!, 4, 5, { op: "delete-replaced" }),
        step(addons!, 5, 6, { op: "update" }),
        step(addons!, 6, 9, { failed: true }),
      ),
    ).toBe("Up in 9.0 s: addons 7 s, all else 2 s.");
  });

  it("calls a part that began and ended within a second just that, for the engine counts whole ones", () => {
    expect(text(7, step(lessons!, 5, 5))).toBe("Up in 7.0 s: lessons under 1 s, all else 7 s.");
  });

  it.each([[undefined], [[]]])("says the whole alone where nothing is known of the parts: %j", (events) =>
    expect(upText(events, STARTED, STARTED + 34_200)).toBe("Up in 34.2 s."),
  );
});
