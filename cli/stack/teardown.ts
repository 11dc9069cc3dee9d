import { onStack } from "../../base/advice";
import { targets } from "../../components/cluster/targets";
import type { Target } from "../../config";
import { UserError } from "../../base/errors";
import { exportStack, hasConfigFile, listStacks, targetOf, type Deployment } from "./stack";
import type { Workspace } from "./workspace";
import { generationsOfState, targetsOfState } from "./target-of-state";

/** What a destroy takes away. */
export interface Teardown {
  /** Taken from the state. The config file counts only while the state has no cluster. */
  readonly targets: readonly Target[];
  /** Generations of the embedded seat. */
  readonly generations: readonly string[];
  /** A sentence where config file and state disagree. */
  readonly notice?: string;
}

/** Must be read before the destroy, which empties the state. `fileTarget` is the result of `writtenTarget`. */
export function teardownOf(
  stack: string,
  state: Pick<Deployment, "resources">,
  fileTarget: string | undefined,
): Teardown {
  const known = targetsOfState(state);
  const generations = generationsOfState(state);
  if (known.length === 0) return { targets: fileTarget === undefined ? [] : [fileTarget as Target], generations };
  if (known.includes(fileTarget as Target)) return { targets: known, generations };
  const file =
    fileTarget === undefined
      ? `Pulumi.${stack}.yaml names no target`
      : `Pulumi.${stack}.yaml says target ${fileTarget}`;
  return {
    targets: known,
    generations,
    notice: `${file}. By its state, the seat of stack ${stack} is on target ${known.join(" and ")}. That seat is taken down.`,
  };
}

/**
 * Refuses a stack without a config file whose seat is on another target. `up` would give it a copy of the embedded
 * seat's file, move the seat here and delete its cluster.
 * @throws UserError
 */
export async function requireOwnFile(workspace: Workspace, stack: string): Promise<void> {
  if (hasConfigFile(stack)) return;
  if (!(await listStacks(workspace)).some(({ name }) => name === stack)) return;
  const elsewhere = targetsOfState(await exportStack(workspace, stack)).filter((target) => !targets[target].isNodeHere);
  if (elsewhere.length === 0) return;
  throw new UserError(
    `Stack ${stack} has a seat on target ${elsewhere.join(" and ")}, and its config file Pulumi.${stack}.yaml is missing. Nothing has been changed. ` +
      `Restore the file, or take the seat down, for which the state is enough: \`${onStack(stack, "npm run down")}\`.`,
  );
}

/** The target in a stack's own file. Undefined where there is no file, which says nothing about an existing seat. */
export function writtenTarget(stack: string): string | undefined {
  return hasConfigFile(stack) ? targetOf(stack) : undefined;
}
