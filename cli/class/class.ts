import * as fs from "node:fs";
import * as path from "node:path";
import type { Workspace } from "../stack/workspace";
import { claimFolder } from "./identity/noted";
import type { Roster } from "./model";

/** A class and where it runs. Every verb gets one, and knows nothing else. */
export interface Class {
  readonly roster: Roster;
  readonly workspace: Workspace;
  /** `.lab/class/<class>`, mode 0700: boards, and the seats' logs. Each roster has its own. */
  readonly folder: string;
  /** Identifies the class in its stacks' tags and its folder, because two rosters may have one name. */
  readonly id: string;
  /** The user gave the id by `--class-id`, and so means the stacks that carry it. */
  readonly isGiven?: boolean;
}

/** The log file of a seat's operations. Each verb starts it anew. */
export function logFile({ folder }: Pick<Class, "folder">, seat: string, verb: string): string {
  return fileIn(path.join(folder, "logs"), `${seat}.${verb}.log`);
}

export function classOf(roster: Roster, workspace: Workspace, given?: string): Class {
  const { folder, id } = claimFolder(roster);
  fs.mkdirSync(path.join(folder, "logs"), { recursive: true, mode: 0o700 });
  return { roster, workspace, folder, id: given ?? id, ...(given !== undefined && { isGiven: true }) };
}

/** A file about a seat, directly in a folder of its class. @throws Error where the name leads out of the folder */
export function fileIn(folder: string, name: string): string {
  const file = path.join(folder, name);
  if (path.dirname(file) !== folder)
    throw new Error(`${JSON.stringify(name)} cannot name a seat's file: it would not be in ${folder}.`);
  return file;
}
