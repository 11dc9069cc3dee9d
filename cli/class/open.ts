import { UserError } from "../../base/errors";
import { requireSameBackend } from "../stack/same-backend";
import { openWorkspace } from "../stack/workspace";
import { classOf, type Class } from "./model";
import { isClassId } from "./identity/noted";
import type { ClassOptions } from "./run/options";
import { readRoster, type RosterOptions } from "./roster/read";

/**
 * Reads the roster and opens the class; every verb starts here. With `--only`, the roster has only these seats.
 * @param configs "any" for verbs that must work on seats with invalid config, to show or destroy them
 * @throws UserError with all problems of the roster, for an unknown seat in --only, or an invalid --class-id
 */
export function openClass(
  { roster: file, from, only, classId }: ClassOptions,
  configs?: RosterOptions["configs"],
): Class {
  if (classId !== undefined && !isClassId(classId))
    throw new UserError(
      `--class-id ${JSON.stringify(classId)}: a class's id is a UUID such as 0b9cf0f4-3a5e-4c39-9d1b-7b8a1e0c5f52. The refusal that asks for an id prints it.`,
    );
  const roster = readRoster(file, { ...(from !== undefined && { from }), ...(configs !== undefined && { configs }) });
  const unknown = (only ?? []).filter((name) => !roster.seats.some(({ seat }) => seat === name));
  if (unknown.length > 0)
    throw new UserError(
      `--only ${unknown.join(" ")}: not a seat of ${file}; it has ${roster.seats.map(({ seat }) => seat).join(", ")}.`,
    );
  requireSameBackend(...roster.seats.map(({ seat }) => seat));
  const seats = only === undefined ? roster.seats : roster.seats.filter(({ seat }) => only.includes(seat));
  return classOf({ ...roster, seats }, openWorkspace(), classId);
}
