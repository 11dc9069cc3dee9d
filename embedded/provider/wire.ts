import { isSecret, SECRET, SIGNATURE, UNKNOWN } from "../../base/pulumi-marks";
import { isMap } from "../../base/values";

/* The values that Pulumi puts into a property bag besides plain JSON: secrets and unknowns. */

export type Json = any;
export type Bag = Record<string, Json>;

export const secret = (v: Json): Json => (isSecret(v) ? v : { [SIGNATURE]: SECRET, value: v });
export const clone = <T>(v: T): T => structuredClone(v);

/** The value without secret wrappers and without nulls (the protocol's `SkipNulls`). */
export function plain(v: Json): Json {
  if (isSecret(v)) return plain(v.value);
  if (Array.isArray(v)) return v.map(plain);
  if (!isMap(v)) return v;
  return Object.fromEntries(
    Object.entries(v)
      .filter(([, x]) => x !== null && x !== undefined)
      .map(([k, x]) => [k, plain(x)]),
  );
}

function some(v: Json, test: (v: Json) => boolean): boolean {
  if (test(v)) return true;
  if (Array.isArray(v)) return v.some((x) => some(x, test));
  return isMap(v) && Object.values(v).some((x) => some(x, test));
}
export const hasSecret = (v: Json): boolean => some(v, isSecret);
export const hasUnknown = (v: Json): boolean => some(v, (x) => x === UNKNOWN);

/**
 * Marks in `outs` what was secret in `ins`. Maps are entered, and anything else (even an array) becomes secret as a
 * whole. A Secret's data is always secret.
 */
export function annotateSecrets(outs: Json, ins: Json): void {
  if (!isMap(outs)) return;
  if (outs.kind === "Secret") {
    for (const key of ["data", "stringData"]) if (key in outs) outs[key] = secret(outs[key]);
    return;
  }
  if (!isMap(ins)) return;
  for (const [key, value] of Object.entries(ins)) {
    if (!(key in outs)) continue;
    if (isMap(outs[key]) && isMap(value) && !isSecret(outs[key]) && !isSecret(value)) annotateSecrets(outs[key], value);
    else if (hasSecret(value)) outs[key] = secret(outs[key]);
  }
}
