import { expect, it } from "vitest";
import { dynamicType } from "../../../../components/cluster/dynamic-type";
import { minikubePower } from "../../../../cli/targets/minikube/stop";
import type { PoweredSeat } from "../../../../cli/targets/power";
import { Fake } from "../../minikube/fake";

const seat = {
  stack: "ada",
  state: {
    resources: [{ type: dynamicType("Generation"), id: "g1", inputs: { profile: "istio-lab-ada" } }],
    pending: 0,
  },
} as unknown as PoweredSeat;
const empty = { stack: "ada", state: { resources: [], pending: 0 } } as unknown as PoweredSeat;
const stop = (fake: Fake, of = seat) => minikubePower(fake.minikube).stop(of, () => undefined);

it("stops the stack's own profile once", async () => {
  const fake = new Fake().has("istio-lab-ada", { generation: "g1" });
  expect(await stop(fake)).toBe("stopped, its data stays");
  expect(await stop(fake)).toBe("was off already");
  expect(fake.asked).toEqual(["stop istio-lab-ada"]);
});

it.each([
  [
    "another's of that name",
    new Fake().has("istio-lab-ada", { generation: "g2" }),
    seat,
    /is not the one of stack ada\. Nothing/,
  ],
  ["somebody's without a mark", new Fake().has("istio-lab-ada"), seat, /is not the one of stack ada\. Nothing/],
  ["gone", new Fake(), seat, /minikube has no profile istio-lab-ada/],
  ["not made yet", new Fake(), empty, /Stack ada has no profile yet/],
])("stops none that is %s", async (_, fake, of, message) => {
  await expect(stop(fake, of)).rejects.toThrow(message);
  expect(fake.asked).toEqual([]);
});

it("leaves the start to `up`, which knows a profile's new kubeconfig", () => {
  expect(minikubePower().start).toBeUndefined();
});
