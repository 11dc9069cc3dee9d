import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { makeCluster } from "../../../components/cluster/cluster";
import { isSeatName } from "../../../base/names";
import { parseConfig } from "../../../config";

/** A resource that the test itself registers. */
const LAST = "last";

const settings = parseConfig({ target: "embedded" });

/** What making the cluster of a stack with this name is refused with, and what was registered until then. */
async function refused(stack: string): Promise<{ registered: string[]; error: unknown }> {
  const registered: string[] = [];
  const newResource = (args: pulumi.runtime.MockResourceArgs) => {
    registered.push(args.name);
    return { id: `${args.name}-id`, state: args.inputs };
  };
  await pulumi.runtime.setMocks({ newResource, call: () => ({}) }, "istio-lab", stack, false);
  try {
    makeCluster("seat", settings);
  } catch (error) {
    // What it registered would come before this.
    const last = new pulumi.ComponentResource("istio-lab:test:Last", LAST);
    await new Promise((registered) => last.urn.apply(registered));
    return { registered, error };
  }
  throw new Error("it was taken");
}

test.each(["Seat", "seat_2", "seat.2", "2-", `a${"b".repeat(63)}`])(
  "the stack %s cannot name a seat: refused before any resource, without a stack trace",
  async (stack) => {
    const { registered, error } = await refused(stack);
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    expect((error as Error).message).toContain(`The stack's name "${stack}" cannot name its seat`);
    expect((error as Error).message).toMatch(/lower-case letters, digits and dashes, 63 at most/);
    expect((error as Error).message).toContain(`Rename it: npm run -s pulumi -- stack rename NAME --stack ${stack}`);
    expect(registered).toEqual([LAST]);
  },
);

test.each([
  ["embedded", true],
  ["2", true],
  ["seat-2", true],
  [`a${"b".repeat(62)}`, true],
  ["", false],
  ["-", false],
  ["sëat", false],
  ["seat\n", false],
])("%j is a seat's name: %s", (name, valid) => {
  expect(isSeatName(name)).toBe(valid);
});
