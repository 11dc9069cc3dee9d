import { z } from "zod";

/** What is valid, in words. */
export const EXPIRIES = "a day such as 2026-12-01 (until its end, UTC), or a time with its zone such as 2026-12-01T18:00:00+01:00";

const day = z.iso.date();
const time = z.union([z.iso.datetime({ offset: true }), z.iso.datetime({ offset: true, precision: -1 })]);

/** When a seat may be destroyed; undefined where the text says no such time. */
export function readExpiry(text: unknown): Date | undefined {
  if (day.safeParse(text).success) return new Date(`${text as string}T23:59:59Z`);
  return time.safeParse(text).success ? new Date(text as string) : undefined;
}
