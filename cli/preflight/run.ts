import { exportStack, type Deployment } from "../stack/stack";
import { commandsOf } from "../targets";
import type { Workspace } from "../stack/workspace";
import type { Finding } from "./finding";
import { plainSecretFindings } from "./plain-secrets";
import { heed } from "./report";

/**
 * What the stack's target asks before anything is made; nothing where the machine is asked by `preconditions` alone.
 * @param state what the stack is taken to have; @default what its state says
 */
export async function preflightOf(workspace: Workspace, stack: string, state?: Deployment): Promise<Finding[]> {
  const { findings } = commandsOf(stack);
  const plain = plainSecretFindings(stack);
  if (findings === undefined) return plain;
  // Loaded only here: the program's own library takes a moment, and `up` of an embedded seat has nothing to ask.
  const { settingsOf } = require("../stack/settings") as typeof import("../stack/settings");
  return [
    ...plain,
    ...(await findings({
      stack,
      settings: await settingsOf(workspace, stack),
      workspace,
      state: state ?? (await exportStack(workspace, stack)),
    })),
  ];
}

/** Before `up`: says what is to be known and goes on, or ends with all that refuses. @throws UserError */
export async function requirePreflight(
  workspace: Workspace,
  stack: string,
  say: (line: string) => void,
  state?: Deployment,
): Promise<void> {
  heed(stack, await preflightOf(workspace, stack, state), say);
}
