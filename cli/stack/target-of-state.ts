import { dynamicType } from "../../components/cluster/dynamic-type";
import { targetNames, targets, type Target } from "../../components/cluster/targets";
import type { Deployment } from "./stack";

type State = Pick<Deployment, "resources">;

/**
 * Targets in existing clusters come first, because a run must ask about them. Next come targets that cost money by the
 * hour.
 */
const inOrder = [...targetNames].sort((one, other) => urgency(other) - urgency(one));

function urgency(target: Target): number {
  const { isSomebodys, isRented } = targets[target];
  return 2 * Number(isSomebodys) + Number(isRented);
}

/** The targets on which a stack has resources. There are several after a run was killed while it moved a seat. */
export function targetsOfState({ resources }: State): Target[] {
  const types = new Set(resources.map(({ type }) => type));
  return inOrder.filter((target) => types.has(targets[target].component));
}

/** The target of a stack's seat; undefined while the state has none. The config file does not matter. */
export function targetOfState(state: State): Target | undefined {
  return targetsOfState(state)[0];
}

/** Whether a stack has resources in an existing cluster. */
export function isInSomebodysCluster(state: State): boolean {
  return targetsOfState(state).some((target) => targets[target].isSomebodys);
}

/**
 * The generations of the embedded seat in the state. A seat of any other generation is not this stack's. There are
 * several in the middle of a replacement.
 */
export function generationsOfState({ resources }: State): string[] {
  const named = resources.flatMap(({ type, id, inputs, outputs }) => {
    if (type === dynamicType("Generation")) return [id];
    return type === dynamicType("Machine") ? [inputs?.generation, outputs?.generation] : [];
  });
  return [...new Set(named.filter((id): id is string => typeof id === "string" && id !== ""))];
}
