import { onStack } from "../../base/advice";
import { runEngine } from "../terminal/ending/in-terminal";
import { UserError } from "../../base/errors";
import { lostCluster } from "./later";
import { standingOf } from "../targets/standing";
import { healingOf } from "./healing";
import { requirePreflight } from "../preflight/run";
import { exportStack, type Deployment } from "./stack";
import { targetsOfState } from "./target-of-state";
import type { Workspace } from "./workspace";

/**
 * `up --heal`: empties the state of what a lost cluster had, or drops what a reachable cluster has lost. It requires
 * evidence that a cluster is lost, and shows it before it changes anything.
 *
 * @returns the change of the state, to be run once the calling run is sure to continue
 * @throws UserError where the cluster does not answer and nothing proves that it is gone
 */
export async function heal(
  workspace: Workspace,
  stack: string,
  say: (line: string) => void,
): Promise<() => Promise<void>> {
  const state = await exportStack(workspace, stack, "with secrets");
  if (state.resources.length === 0) return async () => undefined;
  const healing = healingOf(stack, targetsOfState(state), await standingOf(workspace, stack, state));
  say(healing.say);
  const isLost = healing.how === "forget" || Object.keys(healing.env).length > 0;
  // Whatever would refuse the new seat must refuse it before the state is changed.
  await requirePreflight(workspace, stack, () => undefined, isLost ? nothing : undefined);
  if (healing.how === "forget") return async () => say(await lostCluster().forget(workspace, stack));
  return () => refresh(workspace, stack, healing.env);
}

const nothing: Deployment = { resources: [], pending: 0 };

async function refresh(workspace: Workspace, stack: string, env: Readonly<Record<string, string>>): Promise<void> {
  const code = await runEngine(
    ["refresh", "--yes", "--skip-preview", "--skip-pending-creates", "--suppress-outputs", "--stack", stack],
    { ...workspace.env, ...env },
    { again: `\`${onStack(stack, "npm run up -- --heal")}\` asks again.` },
  );
  if (code !== 0)
    throw new UserError(
      `What stack ${stack} has lost could not be found out: pulumi's message is above. \`${onStack(stack, "npm run up -- --heal")}\` asks again.`,
    );
}
