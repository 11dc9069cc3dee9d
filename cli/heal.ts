import { UserError } from "./errors";
import { inTerminal, type Workspace } from "./workspace";

/**
 * `up --heal`: drops from the state what its cluster no longer has, the whole of a cluster that is gone. The variable is set for this one run: with it, a
 * refresh while a cluster is merely off would empty the state.
 */
export async function heal(workspace: Workspace, stack: string): Promise<void> {
  const env = { ...workspace.env, PULUMI_K8S_DELETE_UNREACHABLE: "true" };
  const code = await inTerminal("pulumi", ["refresh", "--yes", "--skip-preview", "--suppress-outputs", "--stack", stack], env);
  if (code !== 0) throw new UserError("What is lost could not be found out: pulumi's message is above.");
}
