import { seatFolder } from "../../embedded/paths";
import { deleteSeat } from "../../embedded/node/seat";
import { elapsed } from "../elapsed";
import { engineFolder } from "../engine";
import { UserError } from "../errors";
import { removeKubeconfig } from "../kubeconfig";
import { afterCrash, clearPending } from "../recovery";
import { exportStack, selectedStack, targetOf } from "../stack";
import { inTerminal, openWorkspace } from "../workspace";

/** `npm run down`: `pulumi destroy`, and then nothing of the seat is left. What was built for all seats stays in the cache. */
export async function down(options: { stack?: string }): Promise<void> {
  const started = Date.now();
  if (!engineFolder()) throw new UserError("There is nothing to take down: the Pulumi engine is not built here, so no seat was made.");
  const workspace = openWorkspace();
  const stack = options.stack ?? (await selectedStack(workspace));
  for (const line of afterCrash(workspace, stack)) process.stdout.write(`${line}\n`);
  if ((await exportStack(workspace, stack)).pending > 0) process.stdout.write(`${await clearPending(workspace, stack)}\n`);
  const code = await inTerminal("pulumi", ["destroy", "--yes", "--skip-preview", "--stack", stack], workspace.env);
  if (code !== 0) throw new UserError(`Stack ${stack} is not wholly destroyed: pulumi's message is above. \`npm run down\` may be run again.`);
  // A create that was killed before the engine could write it down leaves a seat no state knows of.
  if (targetOf(stack) === "embedded") await deleteSeat(seatFolder(stack));
  removeKubeconfig(stack);
  process.stdout.write(`Stack ${stack} is down in ${elapsed(started)}. Its history stays under .lab/state; \`npm run up\` makes the seat again.\n`);
}
