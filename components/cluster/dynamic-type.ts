/** The last word of each type of dynamic resource in this folder. */
type Noun = "Endpoint" | "Generation" | "Guard" | "Machine" | "Power" | "Profile" | "Reachable" | "SeatId";

/** The module name that all of their classes pass to Pulumi. */
export const DYNAMIC_MODULE = "cluster";

/** The prefix of their types in a stack's state. */
export const DYNAMIC_PREFIX = `pulumi-nodejs:dynamic/${DYNAMIC_MODULE}:` as const;

/** Returns the type of such a resource in a stack's state. */
export function dynamicType(noun: Noun): `${typeof DYNAMIC_PREFIX}${Noun}` {
  return `${DYNAMIC_PREFIX}${noun}`;
}
