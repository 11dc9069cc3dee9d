import { UserError } from "../errors";
import { requireSameBackend } from "../stack-backend";
import { openWorkspace } from "../workspace";
import { classOf, type Class } from "./class";
import type { ClassOptions } from "./options";
import { readRoster } from "./roster/read";

/**
 * Reads the roster and opens the class: what every verb begins with. With `--only` the roster has these seats alone.
 * @throws UserError with all problems of the roster, or where --only names no seat of it
 */
export function openClass({ roster: file, from, only }: ClassOptions): Class {
  const roster = readRoster(file, { ...(from !== undefined && { from }) });
  const unknown = (only ?? []).filter((name) => !roster.seats.some(({ seat }) => seat === name));
  if (unknown.length > 0) throw new UserError(`--only ${unknown.join(" ")}: no seat of ${file}; it has ${roster.seats.map(({ seat }) => seat).join(", ")}.`);
  requireSameBackend(...roster.seats.map(({ seat }) => seat));
  const seats = only === undefined ? roster.seats : roster.seats.filter(({ seat }) => only.includes(seat));
  return classOf({ ...roster, seats }, openWorkspace());
}
