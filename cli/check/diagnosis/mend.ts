import { onStack } from "../../../base/advice";

/** Reads the seat into the state, which then knows what somebody changed by hand, and makes the program's objects again. */
export function mendOf(stack: string): string {
  return onStack(stack, "npm run -s pulumi -- refresh --yes --skip-preview && npm run up");
}
