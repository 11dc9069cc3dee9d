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
 * `up --heal`: what a lost cluster had goes from the state, and what a cluster that answers has lost. That a cluster is lost needs evidence, which is
 * looked for before anything is changed, and shown.
 *
 * @returns what changes the state, to be run when the run that needs it is sure to go on
 * @throws UserError where the cluster does not answer and nothing says that it is gone
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
  // What refuses the seat that is to be made anew refuses it before the state is changed.
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
