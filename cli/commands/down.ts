import { onStack } from "../../base/advice";
import { targetNamed } from "../../components/cluster/targets";
import { chosenBackend } from "../stack/backend";
import { elapsed } from "../../base/elapsed";
import { runEngine } from "../terminal/ending/in-terminal";
import { UserError } from "../../base/errors";
import { lostCluster } from "../stack/later";
import { clearAfterDown, readyForDown } from "../stack/ready";
import { afterCrash } from "../stack/recovery";
import { exportStack, requireStructured } from "../stack/stack";
import { takenStack } from "../stack/taken";
import { teardownOf, writtenTarget, type Teardown } from "../stack/teardown";
import { openWorkspace } from "../stack/workspace";

export interface DownOptions {
  stack?: string;
  /** Forgets what was in an existing cluster that is gone. */
  clusterIsGone?: boolean;
  /** Also deletes what others have put into the seat's namespaces in an existing cluster. */
  withForeign?: boolean;
}

/**
 * `npm run down`: runs `pulumi destroy` and cleans up, so that nothing of the seat is left. Programs built for all
 * seats stay in the cache.
 */
export async function down(options: DownOptions): Promise<void> {
  const started = Date.now();
  const workspace = openWorkspace();
  if (!workspace.engine)
    throw new UserError("There is nothing to take down: the Pulumi engine is not installed, so no seat was made.");
  const stack = await takenStack(options.stack, { to: "delete", say });
  requireStructured(stack);
  (await afterCrash(workspace, [stack])).forEach(say);
  const before = teardownOf(stack, await exportStack(workspace, stack), writtenTarget(stack));
  if (before.notice !== undefined) say(before.notice);
  if (options.clusterIsGone) say(await forgetCluster(stack, before));
  else await readyForDown(workspace, stack, say, options);
  const code = await runEngine(["destroy", "--yes", "--skip-preview", "--stack", stack], workspace.env, {
    again: onStack(stack, "`npm run down` continues from here."),
  });
  if (code !== 0)
    throw new UserError(
      `Stack ${stack} is only partly destroyed: pulumi's message is above. \`${onStack(stack, "npm run down")}\` can be run again.`,
    );
  // Without a target in state and file, "embedded" makes a seat of the stack's name on this machine be reported. It is
  // not deleted.
  const target = before.targets.find((one) => targetNamed(one)?.isNodeHere) ?? before.targets[0] ?? "embedded";
  (await clearAfterDown(stack, { target, generation: before.generations })).forEach(say);
  process.stdout.write(
    `Stack ${stack} is down in ${elapsed(started)}. Its history is kept ${historyPlace()}; \`${onStack(stack, "npm run up")}\` makes the seat again.\n`,
  );

  async function forgetCluster(stack: string, { targets: there }: Teardown): Promise<string> {
    const isSomebodys = there.some((one) => targetNamed(one)?.isSomebodys);
    const others = there.filter((one) => !targetNamed(one)?.isSomebodys && !targetNamed(one)?.isNodeHere);
    if (others.length > 0 && isSomebodys) {
      throw new UserError(
        `--cluster-is-gone: stack ${stack} also has resources on ${others.join(" and ")}, which would be forgotten too. Nothing has been deleted. \`${onStack(stack, "npm run up")}\` completes the interrupted move.`,
      );
    }
    if (isSomebodys) return lostCluster().forget(workspace, stack);
    throw new UserError(
      `--cluster-is-gone: the cluster of stack ${stack} belongs to the stack. \`${onStack(stack, "npm run down")}\` works without this option.`,
    );
  }
}

/** Where Pulumi keeps the history of the stack's updates until the stack is removed. */
function historyPlace(): string {
  const { url, own } = chosenBackend();
  return own ? "under .lab/state" : `in your own backend, ${url}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
