import { isMap } from "../../check/diagnosis/json";

/** JSON with the keys of every map in order: the same text for the same value. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (isMap(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner));
}

/** As people count: `seat2` before `seat10`. */
export const naturally = new Intl.Collator("en", { numeric: true }).compare;
