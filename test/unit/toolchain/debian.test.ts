import { expect, it } from "vitest";
import { broughtUnits } from "../../../embedded/toolchain/debian";

it("a service that the machine had before goes on starting with it", () => {
  expect(broughtUnits(["containerd"], ["containerd", "etcd"])).toEqual(["etcd"]);
  expect(broughtUnits([], [])).toEqual([]);
});
