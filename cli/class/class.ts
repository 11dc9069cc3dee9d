import * as fs from "node:fs";
import * as path from "node:path";
import { labRoot } from "../../embedded/paths";
import type { Workspace } from "../workspace";
import type { Roster } from "./model";

/** A class and where it is worked on. Every verb gets one; nothing else is known beside it. */
export interface Class {
  readonly roster: Roster;
  readonly workspace: Workspace;
  /** `.lab/class/<class>`, mode 0700: boards, and the seats' logs. */
  readonly folder: string;
}

/** The file a seat's operations are logged to, made new by each verb that works on it. */
export function logFile({ folder }: Pick<Class, "folder">, seat: string, verb: string): string {
  return path.join(folder, "logs", `${seat}.${verb}.log`);
}

export function classOf(roster: Roster, workspace: Workspace): Class {
  const folder = path.join(labRoot(), "class", roster.name);
  fs.mkdirSync(path.join(folder, "logs"), { recursive: true, mode: 0o700 });
  return { roster, workspace, folder };
}
