import { expect } from "vitest";
import type { Asked } from "./lab";

/** Config of a seat; nobody's networks. */
export const seat = {
  azure: { location: "westeurope", adminCidrs: ["198.51.100.0/24"], traineeCidrs: ["192.0.2.0/24"], owner: "trainer" },
};

/** Nothing of Kubernetes is made before the machine has said that it is ready, and was seen to answer. */
export function expectReadinessBeforeKubernetes(asked: Asked[]) {
  const made = (name: string) =>
    asked.filter((one) => one.name === name && (one.call === "Create" || one.call === "Update")).at(-1);
  const [ready, reachable] = [made("seat-server-ready"), made("seat-reachable")];
  const creates = asked.filter(({ call, type }) => call === "Create" && type.startsWith("kubernetes:"));
  expect(creates.length).toBeGreaterThan(10);
  expect(ready?.ended).toBeLessThan(reachable!.began);
  expect(reachable?.ended).toBeLessThan(Math.min(...creates.map(({ began }) => began)));
}
