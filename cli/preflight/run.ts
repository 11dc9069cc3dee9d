import { exportStack, fileConfig, type Deployment } from "../stack/stack";
import { commandsOf } from "../targets";
import type { Workspace } from "../stack/workspace";
import { type Finding, plainSecretFindings, heed } from "./finding";

/**
 * The findings of the stack's target before anything is made. Empty where `preconditions` covers the whole check.
 * @param state what the stack is assumed to have;
 * @default what its state says
 */
export async function preflightOf(workspace: Workspace, stack: string, state?: Deployment): Promise<Finding[]> {
  const { findings } = commandsOf(stack);
  const plain = plainSecretFindings(stack);
  const seen = state ?? (findings && (await exportStack(workspace, stack)));
  // Only a size in the config can differ from a claim's.
  const isStored =
    seen?.resources.some(({ type }) => type === "kubernetes:core/v1:PersistentVolumeClaim") === true &&
    fileConfig(stack).storage !== undefined;
  if (findings === undefined && !isStored) return plain;
  // Loaded only here: the program's config library takes a moment, and `up` of an embedded seat does not need it.
  const { settingsOf } = require("../stack/settings") as typeof import("../stack/settings");
  const context = { stack, settings: await settingsOf(workspace, stack), workspace, state: seen! };
  return [
    ...plain,
    ...(findings === undefined ? [] : await findings(context)),
    ...(isStored ? await growth().storageFindings(context) : []),
  ];
}

/** Loaded only where a stack has claims. */
function growth(): typeof import("./storage") {
  return require("./storage") as typeof import("./storage");
}

/** Runs the preflight before `up` and prints the notices. @throws UserError with everything that refuses */
export async function requirePreflight(
  workspace: Workspace,
  stack: string,
  say: (line: string) => void,
  state?: Deployment,
): Promise<void> {
  heed(stack, await preflightOf(workspace, stack, state), say);
}
