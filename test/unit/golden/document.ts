import { stringify } from "yaml";
import type { Registered } from "../components/graph";

/** A resource as a golden file shows it: what the engine is told, without the code of dynamic providers. */
export function document({ name, type, inputs, custom, protect, retainOnDelete, secretOutputs, ignoreChanges, dependsOn, ...options }: Registered): string {
  const { __provider, ...shown } = inputs;
  const lists = Object.entries({ dependsOn, secretOutputs, ignoreChanges }).filter(([, list]) => list.length > 0);
  const flags = Object.entries({ protect, retainOnDelete }).filter(([, on]) => on);
  const body = { type, ...options, ...Object.fromEntries([...lists, ...flags]), ...(Object.keys(shown).length > 0 && { inputs: shown }) };
  return stringify({ [name]: body }, { sortMapEntries: false, lineWidth: 0 });
}
