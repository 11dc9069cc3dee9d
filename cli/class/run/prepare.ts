import { createHash } from "node:crypto";
import { UserError } from "../../../base/errors";
import type { Target } from "../../../config";
import { withLock } from "../../../base/lock";
import { linkEngine } from "../../stack/engine";
import { engineStep } from "../../stack/engine-step";
import { providerLine, providerStep } from "../../stack/provider";
import { afterCrash } from "../../stack/recovery";
import { openWorkspace } from "../../stack/workspace";
import { commandsFor } from "../../targets";
import { runSteps } from "../../terminal/progress";
import type { Class, Overlay } from "../model";
import { seatConfig } from "../roster/seat-file";

/** Prints the sentences before the board. */
export type Say = (line: string) => void;

/**
 * Does once for the class what `npm run up` does first for a stack. It checks this machine's preconditions, builds or
 * fetches what is missing, and installs the provider.
 * @returns the class with the workspace that has the engine
 */
export async function prepareClass(cls: Class, overlay: Overlay, say: Say): Promise<Class> {
  const all = cls.roster.seats.map((seat) => seatConfig(cls.roster, seat, overlay));
  // Seats with equal config need one check: most classes have one config for all.
  const configs = new Map(all.map((config) => [JSON.stringify(config), config])).values();
  const asked = [...configs].map((config) => ({ config, ...commandsFor(config.target as Target) }));
  for (const { preconditions } of asked) preconditions();
  for (const { config, stages } of asked) await runSteps(stages(config), process.stderr);
  const workspace = openWorkspace();
  linkEngine(workspace.env.PULUMI_HOME!);
  await runSteps([[[providerStep(workspace)]]], process.stderr);
  say(providerLine(workspace));
  return { ...cls, workspace };
}

/** Cleans up after killed runs on the class' stacks: their locks, and their temporary files. */
export async function afterKilledRuns({ roster, workspace }: Class, say: Say): Promise<void> {
  (
    await afterCrash(
      workspace,
      roster.seats.map(({ seat }) => seat),
      say,
    )
  ).forEach(say);
}

/**
 * Returns the class with an engine and the provider, for verbs that create nothing. Both may be missing, e.g. in a cron
 * job with a backend of its own.
 */
export async function withEngine(cls: Class): Promise<Class> {
  if (!cls.workspace.engine) await runSteps([[[engineStep()]]], process.stderr);
  const workspace = openWorkspace();
  linkEngine(workspace.env.PULUMI_HOME!);
  await runSteps([[[providerStep(workspace)]]], process.stderr);
  return { ...cls, workspace };
}

/**
 * Runs `work`, which changes the class, under the class' lock. Two commands at once would wait for each other at every
 * stack and write the same stack files. The class' id names the lock, because two copies of a roster are one class. On
 * Linux the lock belongs to this user and ends with its process. Elsewhere Pulumi's lock per stack must do.
 * @throws UserError that names the other command
 */
export async function withClassLock<T>(
  { roster, folder, id }: Pick<Class, "roster" | "folder"> & Partial<Pick<Class, "id">>,
  work: () => Promise<T>,
): Promise<T> {
  if (process.platform !== "linux") return work();
  const refuse = (holder: string) => {
    throw new UserError(
      `Class ${roster.name} is being changed by ${holder}. Nothing has been done. Run the same command again after that one has ended.`,
    );
  };
  return withLock(
    `class:${createHash("sha256")
      .update(id ?? folder)
      .digest("hex")
      .slice(0, 32)}`,
    refuse,
    work,
  );
}
