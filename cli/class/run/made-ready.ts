import type { Target } from "../../../config";
import { linkEngine } from "../../stack/engine";
import { runSteps } from "../../terminal/progress";
import { providerLine, providerStep } from "../../stack/provider";
import { afterCrash } from "../../stack/recovery";
import { commandsFor } from "../../targets";
import { openWorkspace } from "../../stack/workspace";
import type { Class } from "../class";
import type { Overlay } from "../model";
import { seatConfig } from "../roster/seat-file";

/** Where the sentences before the board go. */
export type Say = (line: string) => void;

/**
 * Once for the class what `npm run up` does first for a stack: asks what this machine must have, builds or fetches what it lacks, gets the provider.
 * @returns the class with the workspace in which the engine is now
 */
export async function madeReady(of: Class, overlay: Overlay, say: Say): Promise<Class> {
  const all = of.roster.seats.map((seat) => seatConfig(of.roster, seat, overlay));
  // Equal ones stand for each other: thirty seats of a class mostly are.
  const configs = new Map(all.map((config) => [JSON.stringify(config), config])).values();
  const asked = [...configs].map((config) => ({ config, ...commandsFor(config.target as Target) }));
  for (const { preconditions } of asked) preconditions();
  for (const { config, stages } of asked) await runSteps(stages(config), process.stderr);
  const workspace = openWorkspace();
  linkEngine(workspace.env.PULUMI_HOME!);
  await runSteps([[[providerStep(workspace)]]], process.stderr);
  say(providerLine(workspace));
  return { ...of, workspace };
}

/** What killed runs left at work on the class' stacks, in locks and in files. */
export async function afterKilledRuns({ roster, workspace }: Class, say: Say): Promise<void> {
  (await afterCrash(workspace, roster.seats.map(({ seat }) => seat), say)).forEach(say);
}
