import { onStack } from "../../base/advice";
import type { CheckResult } from "./result";

/** Names the stack in every command of a row: neither a rule, nor a check, nor a probe has to know it. */
export function nameStack(result: CheckResult, stack: string): void {
  result.seen = onStack(stack, result.seen);
  const { hint } = result;
  if (hint) result.hint = { cause: onStack(stack, hint.cause), look: onStack(stack, hint.look), fix: onStack(stack, hint.fix) };
}
