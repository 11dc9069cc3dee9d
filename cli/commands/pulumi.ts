import { engineFolder } from "../engine";
import { UserError } from "../errors";
import { inTerminal, openWorkspace } from "../workspace";

/** `npm run -s pulumi -- …`: the plain CLI on this checkout's state and selected stack. */
export async function pulumi(args: string[]): Promise<void> {
  if (!engineFolder()) throw new UserError("The Pulumi engine is not built here yet. `npm run up` builds it and makes the seat.");
  process.exitCode = await inTerminal("pulumi", args, openWorkspace().env);
}
