import { onStack } from "../../base/advice";
import { UserError } from "../../base/errors";
import { readyForUp } from "../stack/ready";
import { targetedArgs } from "../stack/targeted";
import type { Workspace } from "../stack/workspace";
import { runEngine } from "../terminal/ending/in-terminal";
import { interruptEngines } from "../terminal/ending/engines";
import type { Engine } from "./repair";

/** Runs Pulumi in the terminal, on some resources of the stack. */
export function engineOf(workspace: Workspace, stack: string, say: (line: string) => void): Engine {
  const again = onStack(stack, "`npm run repair` continues from here.");
  const run = async (verb: "refresh" | "up", urns: readonly string[], signal: AbortSignal) => {
    signal.addEventListener("abort", interruptEngines);
    try {
      const code = await runEngine(targetedArgs(verb, stack, urns), workspace.env, { again });
      signal.throwIfAborted();
      if (code !== 0)
        throw new UserError(
          `The repair is not complete: pulumi's message is above. After you have fixed the cause, ${again}`,
        );
    } finally {
      signal.removeEventListener("abort", interruptEngines);
    }
  };
  return {
    ready: async () => void (await readyForUp(workspace, stack, say)),
    refresh: (urns, signal) => run("refresh", urns, signal),
    up: (urns, signal) => run("up", urns, signal),
  };
}
