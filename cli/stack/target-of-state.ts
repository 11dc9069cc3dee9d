import { dynamicType } from "../../components/cluster/dynamic-type";
import { targetNames, targets, type Target } from "../../components/cluster/targets";
import type { Deployment } from "./stack";

type State = Pick<Deployment, "resources">;

/** What is in a cluster that is somebody's comes first: it is what a run must ask about. Then comes what costs by the hour. */
const inOrder = [...targetNames].sort((one, other) => urgency(other) - urgency(one));

function urgency(target: Target): number {
  const { isSomebodys, isRented } = targets[target];
  return 2 * Number(isSomebodys) + Number(isRented);
}

/** The targets that a stack has something on. More than one after a run that was killed while it moved a seat. */
export function targetsOfState({ resources }: State): Target[] {
  const types = new Set(resources.map(({ type }) => type));
  return inOrder.filter((target) => types.has(targets[target].component));
}

/** The target that a stack's seat is on; undefined while the state has none, whatever the config file says. */
export function targetOfState(state: State): Target | undefined {
  return targetsOfState(state)[0];
}

/** Whether a stack has something in a cluster that is somebody's. */
export function isInSomebodysCluster(state: State): boolean {
  return targetsOfState(state).some((target) => targets[target].isSomebodys);
}

/** The generations of the embedded seat that the state knows: a seat of any other is not this stack's. More than one in the middle of a replacement. */
export function generationsOfState({ resources }: State): string[] {
  const named = resources.flatMap(({ type, id, inputs, outputs }) => {
    if (type === dynamicType("Generation")) return [id];
    return type === dynamicType("Machine") ? [inputs?.generation, outputs?.generation] : [];
  });
  return [...new Set(named.filter((id): id is string => typeof id === "string" && id !== ""))];
}
