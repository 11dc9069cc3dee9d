import { beforeEach, describe, expect, it, vi } from "vitest";
import { findSeat } from "../../../cli/traffic/seat";
import { PulumiFailed } from "../../../cli/stack/workspace";

const { world } = vi.hoisted(() => ({ world: { engine: true, outputs: {} as object | Error } }));
vi.mock("../../../cli/stack/workspace", async (original) => ({
  ...(await original<object>()),
  openWorkspace: () => ({ env: {}, ...(world.engine && { engine: "/engine" }) }),
  pulumiOutput: async () => {
    if (world.outputs instanceof Error) throw world.outputs;
    return JSON.stringify(world.outputs);
  },
}));

const failed = (said: string) => new PulumiFailed(["stack", "output"], said);
beforeEach(
  () =>
    void Object.assign(world, {
      engine: true,
      outputs: { GATEWAY_URL: "http://10.231.0.2:31380", lessons: { blog: "http://b" } },
    }),
);

describe("the seat that traffic is sent to", () => {
  it("is known by its stack's outputs", async () => {
    expect(await findSeat("seat2")).toEqual({
      stack: "seat2",
      gatewayUrl: "http://10.231.0.2:31380",
      lessons: ["blog"],
    });
  });

  it.each<[string, object | Error]>([
    ["has no stack", failed("error: no stack named 'seat2' found")],
    ["is not up", {}],
  ])("does not exist where it %s", async (_, outputs) => {
    world.outputs = outputs;
    await expect(findSeat("seat2")).rejects.toThrow(
      "Stack seat2 has no seat to send traffic to. `npm run up -- --stack seat2` makes it.",
    );
  });

  it("is unknown where Pulumi cannot read its outputs", async () => {
    world.outputs = failed("error: the passphrase is wrong");
    await expect(findSeat("seat2")).rejects.toThrow(
      /^The outputs of stack seat2 cannot be read:\nerror: the passphrase is wrong$/,
    );
  });

  it("does not exist without an engine", async () => {
    world.engine = false;
    await expect(findSeat("seat2")).rejects.toThrow(
      "There is no seat to send traffic to: the Pulumi engine is not installed.",
    );
  });
});
