import { isMap } from "./values";

/*
 * How Pulumi writes in JSON what JSON has no word for: a secret, and a value that no operation has given yet.
 * The constants are those of the SDK (`@pulumi/pulumi/runtime/rpc`), repeated because that module costs 100 ms to load.
 */

/** The key of a map that stands for a value of Pulumi's own. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
/** What a secret has at that key. */
export const SECRET = "1b47061264138c4ac30d75fd1eb44270";
/** A value that is not known before the operation ran. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value is a secret, on the wire (`value`) or in a state (`plaintext`, `ciphertext`). */
export function isSecret(value: unknown): boolean {
  return isMap(value) && value[SIGNATURE] === SECRET;
}
