import { dynamicType } from "../../components/cluster/dynamic-type";
import { deleteSeat, seatStatus } from "../../embedded";
import { projectRoot } from "../../base/paths";
import { endLostEngines, endOrphans } from "./orphans";
import { breakDeadLocks, repairCheckpoint } from "./state";
import { generationsOfState } from "./target-of-state";
import type { Deployment } from "./stack";
import type { Workspace } from "./workspace";

/**
 * Cleans up what a killed run left in processes, locks and files, before the state is read. Returns a sentence for
 * each thing found.
 */
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
      ...(state ? repairCheckpoint(state, stack) : []),
    ]),
  ];
}

/**
 * Finds a half-made seat that a killed run left and that no state knows. Returns a sentence about it. The program
 * itself reports and heals a seat that the state knows, by its generation.
 * A seat that was once ready is deleted only if the state has its generation. `createSeat` refuses every other.
 */
export async function halfMadeSeat(folder: string, before: Deployment): Promise<string[]> {
  const known = before.resources.some((resource) => resource.type === dynamicType("Machine"));
  const { state, seat } = await seatStatus(folder);
  if (known || state !== "dead") return [];
  if (seat?.made && !generationsOfState(before).includes(seat.generation)) return [];
  if (seat?.made) await deleteSeat(folder, undefined, seat.generation);
  return [`The seat in ${folder} is half-made, because an earlier run was killed. It is recreated.`];
}
