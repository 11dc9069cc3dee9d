import { engineInTerminal } from "../ending/in-terminal";
import { UserError } from "../errors";
import { openWorkspace } from "../workspace";

/** `npm run -s pulumi -- …`: the plain CLI on this checkout's state and selected stack. */
export async function pulumi(args: string[]): Promise<void> {
  const { engine, env } = openWorkspace();
  if (!engine) throw new UserError("The Pulumi engine is not here yet. `npm run up` gets it and makes the seat.");
  process.exitCode = await engineInTerminal(args, env);
}
