import * as fs from "node:fs";
import * as path from "node:path";
import type { Workspace } from "../stack/workspace";
import { claimFolder } from "./identity/noted";
import type { Roster } from "./model";

/** A class and where it is worked on. Every verb gets one; nothing else is known beside it. */
export interface Class {
  readonly roster: Roster;
  readonly workspace: Workspace;
  /** `.lab/class/<class>`, mode 0700: boards, and the seats' logs. No two rosters share one. */
  readonly folder: string;
  /** What the class is known by, in its stacks' tags and in its folder: two rosters may have one name. */
  readonly id: string;
  /** The id was given by `--class-id`: whoever gave it means the stacks that carry it. */
  readonly isGiven?: boolean;
}

/** The file a seat's operations are logged to, made new by each verb that works on it. */
export function logFile({ folder }: Pick<Class, "folder">, seat: string, verb: string): string {
  return fileIn(path.join(folder, "logs"), `${seat}.${verb}.log`);
}

export function classOf(roster: Roster, workspace: Workspace, given?: string): Class {
  const { folder, id } = claimFolder(roster);
  fs.mkdirSync(path.join(folder, "logs"), { recursive: true, mode: 0o700 });
  return { roster, workspace, folder, id: given ?? id, ...(given !== undefined && { isGiven: true }) };
}

/** A file about a seat right in a folder of its class. @throws Error where the name leads out of it */
export function fileIn(folder: string, name: string): string {
  const file = path.join(folder, name);
  if (path.dirname(file) !== folder) throw new Error(`${JSON.stringify(name)} cannot name a seat's file: it would not be in ${folder}.`);
  return file;
}
