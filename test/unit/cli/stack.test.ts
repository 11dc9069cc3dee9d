import { expect, it } from "vitest";
import { requireStackName, requireTarget, targetOf } from "../../../cli/stack";

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
  expect(refusal(() => requireStackName(stack))).toMatch(new RegExp(`^--stack ${stack}: .*lower-case letters, digits and dashes, 63 at most`));
});

it.each(["", "a/b", "-x", "a b"])("--stack %j is no stack's name", (stack) => {
  expect(refusal(() => requireStackName(stack))).toContain(`--stack ${stack}: a stack's name has letters`);
});

it("a stack without a file starts as the embedded seat; the laptop's comes later", () => {
  expect(targetOf("seat-without-a-file")).toBe("embedded");
  expect(() => requireTarget("seat-without-a-file")).not.toThrow();
  expect(refusal(() => requireTarget("dev"))).toMatch(/^Stack dev: .*minikube.*Pulumi\.dev\.yaml.*comes later.*embedded/);
});
