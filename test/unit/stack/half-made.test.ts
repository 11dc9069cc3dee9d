import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { halfMadeSeat } from "../../../cli/stack/recovery";
import { layout } from "../../../embedded/node/layout";
import { writeRecord, type SeatRecord } from "../../../embedded/node/record";
import { seatFolder } from "../../../base/paths";

let lab: string;
let folder: string;
beforeEach(() => {
  lab = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-half-made-")));
  vi.stubEnv("ISTIO_LAB_HOME", lab);
  folder = seatFolder("x2");
  fs.mkdirSync(folder, { recursive: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(lab, { recursive: true });
});

/** Dead: it was ready once, or not, and none of its processes lives. */
const seat = (more: Partial<SeatRecord>) =>
  writeRecord(layout(folder).record, {
    name: "x2",
    generation: "g1",
    addressRange: "10.231.0.4/30",
    kubernetesVersion: "1.36.3",
    phase: "ready",
    made: true,
    ...more,
  });
const urn = (type: string) => ({ urn: `urn:pulumi:x2::istio-lab::${type}::seat`, type });
const generation = (id: string) => ({ ...urn("pulumi-nodejs:dynamic/cluster:Generation"), id });
const machine = urn("pulumi-nodejs:dynamic/cluster:Machine");

it("a dead seat of the state's generation, whose machine the state lacks, is what a killed up left: it goes", async () => {
  seat({});
  expect(await halfMadeSeat(folder, { resources: [generation("g1")], pending: 0 })).toEqual([
    `The seat in ${folder} is half-made, because an earlier run was killed. It is recreated.`,
  ]);
  expect(fs.existsSync(folder)).toBe(false);
});

it.each([
  ["of another generation", {}, [generation("g2")]],
  ["that no state knows", {}, []],
  ["whose machine the state has", {}, [generation("g1"), machine]],
  ["that was stopped", { phase: "stopped" as const }, [generation("g1")]],
])("a seat %s stays as it is", async (_, record, resources) => {
  seat(record);
  expect(await halfMadeSeat(folder, { resources, pending: 0 })).toEqual([]);
  expect(fs.existsSync(layout(folder).record)).toBe(true);
});

it("one that was never ready is told of, and left to the making of its successor", async () => {
  seat({ made: false, phase: "files", maker: { pid: 1, start: "0" } });
  expect(await halfMadeSeat(folder, { resources: [], pending: 0 })).toHaveLength(1);
  expect(fs.existsSync(layout(folder).record)).toBe(true);
});
