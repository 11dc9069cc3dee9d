import { expect, it, vi } from "vitest";
import { fileConfig, requireStackName, targetOf } from "../../../cli/stack/stack";
import { stagesElsewhere } from "../../../cli/targets/stages";
import { commandsOf, requireTarget } from "../../../cli/targets";

// The stack files as they are shipped: those of the checkout are the user's.
vi.mock("../../../base/paths", async () => (await import("../class/roster/project.ts")).project);

function refusal(check: () => void): string {
  try {
    check();
  } catch (error) {
    expect((error as Error).name).toBe("UserError");
    return (error as Error).message;
  }
  throw new Error("it was taken");
}

it.each(["embedded", "seat2", "a-b", "7"])("--stack %s is taken", (stack) => {
  expect(() => requireStackName(stack)).not.toThrow();
});

it.each(["Seat2", "seat_2", "seat.2", "seat-", "s".repeat(64)])("--stack %s cannot be a seat's name", (stack) => {
  expect(refusal(() => requireStackName(stack))).toMatch(
    new RegExp(`^--stack ${stack}: .*lower-case letters, digits and dashes, 63 at most`),
  );
});

it.each([
  ["", '--stack "": the name is empty, as an unset shell variable makes it'],
  ["a/b", "--stack a/b: this backend has no organization a"],
  ["..", "--stack ..: a stack's name has letters"],
  ["-x", "--stack -x: a stack's name has letters"],
  ["a b", '--stack "a b": a stack\'s name has letters'],
])("--stack %j is no stack's name", (stack, says) => {
  expect(refusal(() => requireStackName(stack))).toContain(says);
});

it("a stack without a file starts as the embedded seat; the laptop's says minikube", () => {
  expect(targetOf("seat-without-a-file")).toBe("embedded");
  expect(requireTarget("seat-without-a-file")).toBe("embedded");
  expect(requireTarget("dev")).toBe("minikube");
});

it("every target but the embedded one, whose machine is asked before anything is built, is asked before up", () => {
  expect(commandsOf("seat-without-a-file").findings).toBeUndefined();
  expect(commandsOf("dev").findings).toBeTypeOf("function");
});

it("a cluster elsewhere needs the engine here, and the charts where the config takes those that are made here", () => {
  const titles = (stack: string) =>
    stagesElsewhere(fileConfig(stack))
      .flat(2)
      .map(({ title }) => title);
  expect(titles("dev")).toEqual(["Pulumi engine"]);
  expect(titles("embedded")).toEqual(["Pulumi engine", expect.stringMatching(/^Istio .* charts$/)]);
});
