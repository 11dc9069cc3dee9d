import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConformanceCluster } from "./cluster";
import { Engine } from "./engine";
import { answer, diffLines, errors, keyed, progress, summary } from "./normalise";
import { Call, recordedCalls, recordedOutput, runs, urnName } from "./recording";
import { Step, steps } from "./steps";

/**
 * The recorded program through the recorded steps, on the real engine and a real cluster, with the stand-in in the official plugin's place:
 * the same calls, the same answers, the same outcome.
 */
export const conformance = (of: () => ConformanceCluster) =>
  describe("the stand-in does what the official plugin did", () => {
    let cluster: ConformanceCluster;
    let engine: Engine;
    beforeAll(async () => {
      cluster = of();
      engine = await Engine.create(cluster.kubeconfig);
    });
    afterAll(() => engine?.remove());

    test("every recording that asks the cluster has its step", () => {
      const asks = (run: string) =>
        recordedCalls(run).some(
          ({ method }) => !["CheckConfig", "DiffConfig", "Configure", "Check", "Diff"].includes(method),
        );
      expect(steps.map(({ run }) => run)).toEqual(runs().filter(asks));
      expect(runs().filter((run) => !asks(run))).toEqual([
        "03-preview-same",
        "08-preview-drift-unrefreshed",
        "12-preview-same",
        "19-preview-unreachable",
      ]);
    });

    test.each(steps)("$run", async (step) => {
      await step.before?.(engine, cluster);
      const ran = await engine.run(step.args);
      const recorded = recordedOutput(step.run);
      const hint = () => `${step.run} printed:\n${ran.output}`;
      expect(ran.exitCode !== 0, hint()).toBe(step.fails === true);
      const raced = compareCalls(step, recordedCalls(step.run), ran.calls, hint());
      if (step.racing !== "all" && raced.length === 0) {
        expect(summary(ran.output), hint()).toEqual(summary(recorded));
        expect(diffLines(ran.output), hint()).toEqual(diffLines(recorded));
        expect(progress(ran.output), hint()).toEqual(progress(recorded));
      }
      for (const line of errors(recorded)) if (!racy(step, line)) expect(errors(ran.output), hint()).toContain(line);
    });
  });

/** Which of the resources a failing destroy or refresh reached is a race; that each of them fails alike is compared by its call. */
const racy = (step: Step, line: string): boolean => step.unreachable === true && line.includes("unreachable");

/** Compares all calls that have to be the same, and returns the resources that a race before or in this run let do something else. */
function compareCalls(step: Step, recorded: Call[], ours: Call[], hint: string): string[] {
  const [theirs, mine] = [keyed(recorded), keyed(ours)];
  const nameOf = (key: string): string =>
    key
      .replace(/ #\d+$/, "")
      .split(" ")
      .at(-1)!;
  const races = (key: string): boolean => step.racing === "all" || (step.racing ?? []).includes(nameOf(key));
  const keysOf = (calls: Map<string, Call>, name: string): string =>
    [...calls.keys()]
      .filter((key) => nameOf(key) === name)
      .sort()
      .join();
  const raced = Array.isArray(step.racing)
    ? step.racing.filter((name) => keysOf(mine, name) !== keysOf(theirs, name))
    : [];
  const firm = (calls: Map<string, Call>): string[] => [...calls.keys()].filter((key) => !races(key)).sort();
  expect(firm(mine), hint).toEqual(firm(theirs));
  let compared = 0;
  for (const [key, theirCall] of theirs) {
    const myCall = mine.get(key);
    if (raced.includes(nameOf(key))) continue;
    if (!myCall) {
      expect(
        theirCall.errors === undefined || step.unreachable,
        `${key} failed in the recording and was not asked here\n${hint}`,
      ).toBeTruthy();
      continue;
    }
    if (theirCall.method === "Configure") continue;
    expect({ [key]: answer(myCall) }, `${urnName(theirCall.request.urn)}: ${hint}`).toEqual({
      [key]: answer(theirCall),
    });
    compared++;
  }
  // A race decides how many calls both runs made. The failed ones are in both: that is asserted above.
  const least =
    step.racing === "all"
      ? 1
      : [...theirs].filter(([key, call]) => !raced.includes(nameOf(key)) && call.method !== "Configure").length;
  expect(compared, "calls compared").toBeGreaterThanOrEqual(least);
  return raced;
}
