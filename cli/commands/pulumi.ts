import { onStack } from "../../base/advice";
import { engineInTerminal } from "../terminal/ending/in-terminal";
import { UserError } from "../../base/errors";
import { openWorkspace } from "../stack/workspace";

/**
 * `npm run -s pulumi -- …`: the plain CLI on this checkout's state. Pulumi itself chooses the stack. If none is
 * selected, it asks or refuses.
 */
export async function pulumi(args: string[]): Promise<void> {
  const { engine, env } = openWorkspace();
  if (!engine) {
    // Loaded only for this message, so that the plain CLI need not wait for it.
    const { takenStack } = require("../stack/taken") as typeof import("../stack/taken");
    const stack = await takenStack(undefined, { to: "make", say: () => undefined });
    throw new UserError(
      onStack(stack, "The Pulumi engine is not installed yet. `npm run up` installs it and makes the seat."),
    );
  }
  process.exitCode = await engineInTerminal(args, env);
}
