import { dynamicType } from "../../components/cluster/dynamic-type";
import { deleteSeat, seatStatus } from "../../embedded/node/seat";
import { projectRoot } from "../../base/paths";
import { endLostEngines, endOrphans } from "./orphans";
import { breakDeadLocks, mendCheckpoint } from "./state";
import { generationsOfState } from "./target-of-state";
import type { Deployment } from "./stack";
import type { Workspace } from "./workspace";

/** Before the state is read: what a run that was killed left in processes, locks and files. A sentence for each thing found. */
export async function afterCrash(
  workspace: Workspace,
  stacks: readonly string[],
  say?: (line: string) => void,
): Promise<string[]> {
  const found = [...(await endLostEngines(projectRoot, stacks, say)), ...endOrphans(projectRoot)];
  const { state, locks = state } = workspace;
  return [
    ...found,
    ...stacks.flatMap((stack) => [
      ...(locks ? breakDeadLocks(locks, stack) : []),
      ...(state ? mendCheckpoint(state, stack) : []),
    ]),
  ];
}

/**
 * A seat that no state knows, left half-made by a killed run, in a sentence; what the state does know (a seat that is
 * lost or stopped) the program says and heals itself, by its generation. One that was ready once is deleted only where the
 * state has its generation: `createSeat` refuses every other.
 */
export async function halfMadeSeat(folder: string, before: Deployment): Promise<string[]> {
  const known = before.resources.some((resource) => resource.type === dynamicType("Machine"));
  const { state, seat } = await seatStatus(folder);
  if (known || state !== "dead") return [];
  if (seat?.made && !generationsOfState(before).includes(seat.generation)) return [];
  if (seat?.made) await deleteSeat(folder, undefined, seat.generation);
  return [
    `A half-made seat was found in ${folder}: an earlier run was killed while it was being made. It is made anew.`,
  ];
}
