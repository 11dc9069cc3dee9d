import { beforeEach, expect, it, vi } from "vitest";
import { embeddedPower } from "../../../../cli/targets/embedded/power";
import type { PoweredSeat } from "../../../../cli/targets/power";

const { world } = vi.hoisted(() => ({ world: { status: {} as object, did: [] as string[] } }));
vi.mock("../../../../embedded", () => ({
  seatStatus: async () => world.status,
  stopSeat: async (folder: string) => void world.did.push(`stop ${folder.split("/").at(-1)}`),
  startSeat: async (folder: string, report: (done: number, total: number, note: string) => void) => {
    report(1, 4, "control plane");
    world.did.push(`start ${folder.split("/").at(-1)}`);
  },
}));

const own = { generation: "g1" };
const seat = {
  stack: "ada",
  state: {
    resources: [{ type: "pulumi-nodejs:dynamic/cluster:Generation", id: "g1" }],
    pending: 0,
  },
} as unknown as PoweredSeat;
const doing = vi.fn();
const is = (state: string, more: object = {}) =>
  Object.assign(world, { status: { state, seat: own, ...more }, did: [] });
beforeEach(() => doing.mockClear());

it("stops a seat that runs, and does nothing where it is off", async () => {
  is("running");
  expect(await embeddedPower.stop(seat, doing)).toBe("stopped, its data stays");
  expect(world.did).toEqual(["stop ada"]);
  for (const off of ["stopped", "dead"]) {
    is(off);
    expect(await embeddedPower.stop(seat, doing)).toBe("was off already");
    expect(world.did).toEqual([]);
  }
});

it("starts a seat that was stopped, or whose processes a reboot has ended, and shows the steps", async () => {
  for (const off of ["stopped", "dead"]) {
    is(off);
    expect(await embeddedPower.start!(seat, doing)).toBe("started");
    expect(world.did).toEqual(["start ada"]);
  }
  expect(doing).toHaveBeenCalledWith("control plane");
  is("running");
  expect(await embeddedPower.start!(seat, doing)).toBe("ran already");
  expect(world.did).toEqual([]);
});

it.each([
  ["creating", {}, /is being made right now/],
  ["absent", { seat: undefined }, /is absent\. `npm run up -- --stack ada` makes it/],
  ["running", { problem: "seat.json cannot be read" }, /^seat\.json cannot be read$/],
  ["running", { seat: { generation: "other" } }, /is of generation other, which stack ada does not know\. Nothing was/],
])("leaves alone a seat that is %s %j", async (state, more, message) => {
  is(state, more);
  await expect(embeddedPower.stop(seat, doing)).rejects.toThrow(message);
  await expect(embeddedPower.start!(seat, doing)).rejects.toThrow(message);
  expect(world.did).toEqual([]);
});
