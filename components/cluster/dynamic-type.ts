/** The dynamic resources of this folder, by the last word of their type. */
type Noun = "Endpoint" | "Generation" | "Guard" | "Machine" | "Power" | "Profile" | "Reachable" | "SeatId";

/** The module that each of their classes gives Pulumi. */
export const DYNAMIC_MODULE = "cluster";

/** What the type of each of them begins with in a stack's state. */
export const DYNAMIC_PREFIX = `pulumi-nodejs:dynamic/${DYNAMIC_MODULE}:` as const;

/** The type of a dynamic resource of this folder in a stack's state. */
export function dynamicType(noun: Noun): `${typeof DYNAMIC_PREFIX}${Noun}` {
  return `${DYNAMIC_PREFIX}${noun}`;
}
