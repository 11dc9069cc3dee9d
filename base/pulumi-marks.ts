import { isMap } from "./values";

/*
 * Pulumi's JSON marks for two things that JSON lacks: a secret, and a value that is still unknown. The constants come
 * from the SDK (`@pulumi/pulumi/runtime/rpc`). They are repeated here because that module takes 100 ms to load.
 */

/** The key that marks a map as a special value of Pulumi. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
/** The value of that key for a secret. */
export const SECRET = "1b47061264138c4ac30d75fd1eb44270";
/** Stands for a value that is unknown until the operation runs. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value is a secret, in a message to a provider (`value`) or in a state (`plaintext`, `ciphertext`). */
export function isSecret(value: unknown): boolean {
  return isMap(value) && value[SIGNATURE] === SECRET;
}
