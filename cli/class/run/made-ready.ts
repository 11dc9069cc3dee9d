import * as fs from "node:fs";
import { linkEngine } from "../../engine";
import { runSteps } from "../../progress";
import { providerLine, providerStep } from "../../provider";
import { afterCrash } from "../../recovery";
import { configFile } from "../../stack";
import { commandsFor } from "../../targets";
import { openWorkspace } from "../../workspace";
import type { Class } from "../class";
import { targetOfSeat } from "./targets";

/** Where the sentences before the board go. */
export type Say = (line: string) => void;

/**
 * Once for the class what `npm run up` does first for a stack: asks what this machine must have, builds or fetches what it lacks, gets the provider. A
 * seat that has no stack file yet is asked for by the one it begins with. @returns the class with the workspace in which the engine is now
 */
export async function madeReady(of: Class, say: Say): Promise<Class> {
  // Of each target the first seat stands for all: what is built or fetched is the same.
  const first = new Map(of.roster.seats.map((seat) => [targetOfSeat(of, seat), seat.seat] as const).reverse());
  const commands = [...first].map(([target, seat]) => ({ stack: fs.existsSync(configFile(seat)) ? seat : of.roster.from, ...commandsFor(target) }));
  for (const { preconditions } of commands) preconditions();
  for (const { stages, stack } of commands) await runSteps(stages(stack), process.stderr);
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
