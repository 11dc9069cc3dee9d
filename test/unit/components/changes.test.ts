import { beforeAll, describe, expect, it } from "vitest";
import { change, changes, LESSONS } from "../../support/changes";
import type { Registered } from "./graph";
import { config, runProgram } from "./program";
import { touchedBetween } from "./touched";

/** As Pulumi.embedded.yaml is delivered, with the lessons that the table begins with. */
const seat = config({
  lessons: LESSONS,
  canary: { reviews: { v1: 50, v3: 50 }, "my-blog": { v1: 90, v2: 10 } },
  istio: {
    chartRepository: ".lab/charts",
    objects: "embedded/metrics/envoyfilter.yaml",
    metricRelabelConfigs: "embedded/metrics/prometheus.yaml",
  },
});

/** The program alone, registered twice; that the engine and the provider say the same is asserted on a seat, by test/engine/preview.test.ts. */
describe("a change of the config touches these resources, and nothing else", () => {
  let before: Registered[];
  const registered = async (keys: Record<string, unknown>) => (await runProgram({ ...seat, ...keys })).resources;
  beforeAll(async () => void (before = await registered({})));

  it("no change: nothing", async () => {
    expect(before.length).toBeGreaterThan(50);
    expect(await touchedBetween(before, await registered({}))).toEqual([]);
  });

  it.each(changes)("%s", async (_, keys, touched) => {
    expect(await touchedBetween(before, await registered(keys))).toEqual([...touched].sort());
  });

  it("a weight: two lines of one VirtualService", async () => {
    const [, keys] = change("weights of reviews");
    const leaves = (resources: readonly Registered[]) =>
      new Map(resources.flatMap(({ type, name, inputs }) => leavesOf(inputs, `${type} ${name}`)));
    const [old, now] = [leaves(before), leaves(await registered(keys))];
    const differing = [...new Set([...old.keys(), ...now.keys()])].filter((path) => old.get(path) !== now.get(path));
    expect(differing.map((path) => [path.replace(/^.* /, ""), old.get(path), now.get(path)])).toEqual([
      ["bookinfo-reviews-routes-route.spec.http.0.route.0.weight", 50, 80],
      ["bookinfo-reviews-routes-route.spec.http.0.route.1.weight", 50, 20],
    ]);
  });
});

/** Every value that is no map or list, by its path. */
function leavesOf(value: unknown, path: string): [path: string, value: unknown][] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, `${path}.${key}`));
}
