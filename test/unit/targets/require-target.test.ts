import { expect, it, vi } from "vitest";
import { UserError } from "../../../base/errors";
import { commandsFor, commandsNamed, commandsOf, requireTarget } from "../../../cli/targets";
import { targetNames } from "../../../components/cluster/targets";

const { world } = vi.hoisted(() => ({ world: { target: undefined as string | undefined } }));
vi.mock("../../../cli/stack/stack", () => ({ targetOf: () => world.target }));

it.each(targetNames)("a stack of target %s has that target's commands", (name) => {
  world.target = name;
  expect(requireTarget("x2")).toBe(name);
  expect([commandsOf("x2"), commandsNamed(name)]).toEqual([commandsFor(name), commandsFor(name)]);
});

it.each(["kind", "constructor", "", undefined])("a text that names no target has no commands: %j", (name) => {
  expect(commandsNamed(name)).toBeUndefined();
});

it("a stack's file without a target is refused, with the key and what is valid", () => {
  world.target = undefined;
  expect(() => requireTarget("x2")).toThrow(
    new UserError(
      "Stack x2: Pulumi.x2.yaml does not say where the cluster comes from. Set istio-lab:target there to one of azure, minikube, existing, embedded.",
    ),
  );
});

it.each(["kind", "toString", ""])(
  "a stack's file with another target is refused, with the value and what is valid: %j",
  (target) => {
    world.target = target;
    expect(() => requireTarget("x2")).toThrow(
      new UserError(
        `Stack x2: ${target} (istio-lab:target in Pulumi.x2.yaml) is not a target; valid: azure, minikube, existing, embedded.`,
      ),
    );
  },
);
