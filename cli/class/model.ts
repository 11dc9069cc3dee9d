import * as fs from "node:fs";
import * as path from "node:path";
import type { Change } from "../preview/changes";
import type { Workspace } from "../stack/workspace";
import type { TaskState } from "../check";
import { claimFolder } from "./identity/noted";

/** One trainee's seat of a class. Its name is also its stack's name. */
export interface RosterSeat {
  readonly seat: string;
  readonly trainee: string;
  readonly email?: string;
  /** When it may be destroyed, by the seat or the class. Without it, `class expire` never destroys the seat. */
  readonly expires?: Date;
  /**
   * Config of this seat alone: path without namespace (`canary.reviews`, `azure.vmSize`) → value. Overrides the class'
   * config.
   */
  readonly config: Readonly<Record<string, unknown>>;
  /** Its place in the roster, e.g. `line 3`. */
  readonly at: string;
}

/** A class, from its valid roster. */
export interface Roster {
  /** The class' name: the file's name without extension. */
  readonly name: string;
  /** The file, absolute. */
  readonly file: string;
  /** The stack whose config file every new seat starts from. @default embedded */
  readonly from: string;
  /** Config of every seat, by path. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly seats: readonly RosterSeat[];
}

/**
 * Config for all seats in one verb, path → value: from `--set`, or from a canary step. `up` writes it into the seats'
 * stack files; `preview` does not.
 */
export type Overlay = Readonly<Record<string, unknown>>;

/** The result of a verb on one seat. */
export type Outcome<R = unknown> = { readonly seat: RosterSeat; readonly seconds: number } & (
  | { readonly status: "done"; readonly result: R }
  /** `trouble`: one line for the board; `log`: the file with the whole text. */
  | { readonly status: "failed"; readonly trouble: string; readonly log?: string }
  | { readonly status: "interrupted" }
  /** Not started, because of an earlier failure with --fail-fast, or Ctrl-C. */
  | { readonly status: "skipped" }
);

export type Phase = "waiting" | "running" | "retrying" | "done" | "failed" | "interrupted" | "skipped";

/** A row of the board. Never a secret. */
export interface BoardRow {
  readonly seat: string;
  readonly trainee: string;
  readonly phase: Phase;
  /** Milliseconds since the seat started; for an ended seat, its duration. */
  readonly elapsed: number;
  /** What it does now, or its result, in a few words. */
  readonly doing: string;
  /** The last line of trouble. */
  readonly trouble?: string;
  readonly gatewayUrl?: string;
  /** What the trainee has done of the pages' tasks. Undefined where there are none, or nobody asked. */
  readonly tasks?: readonly TaskState[];
  /** Why the tasks could not be asked. */
  readonly tasksUnknown?: string;
}

/** What a board shows. */
export interface Board {
  readonly class: string;
  /** `up`, `destroy`, `check`, `status` … */
  readonly verb: string;
  readonly started: Date;
  /** Undefined while the verb runs. */
  readonly ended?: Date;
  readonly rows: readonly BoardRow[];
}

/** Seats with equal changes. */
export interface Group {
  readonly seats: readonly string[];
  readonly changes: readonly Change[];
}

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

/** The log file of a seat's operations. Each verb overwrites it. */
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
