import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { processAnswer } from "./process-answer";

/*
 * Only ENOENT says that a file is not there. Node's `existsSync` is false for whatever could not be asked as well (EACCES, EMFILE, EIO), and what
 * decides about a delete must not take that for an absence.
 */

/** A file's text; undefined when there is no such file. @throws what else keeps it from being read */
export function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** Whether there is a file, folder or link of this path. @throws where that could not be asked */
export function isThere(path: string): boolean {
  return fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** The names in a folder; none when there is no such folder. @throws what else keeps it from being read */
export function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

export function isAbsence(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

/** A draft is left where its run was killed. One of a process that is gone is removed after this time, by the next draft in its folder. */
const LEFT_MS = 600_000;

/** Writes a file so that a reader sees the old one or the new one. Writers at the same time do not meet: each has a draft of its own. */
export function writeWhole(file: string, text: string | Uint8Array, mode = 0o644): void {
  const draft = draftIn(path.dirname(file));
  try {
    // `wx` neither follows a link nor takes a file that somebody else has made.
    fs.writeFileSync(draft, text, { mode, flag: "wx" });
    fs.renameSync(draft, file);
  } catch (error) {
    fs.rmSync(draft, { force: true });
    throw error;
  }
}

/** Makes a file that appears whole, and that never takes the place of another. False where there is one already. */
export function createWhole(file: string, text: string, mode: number): boolean {
  const draft = draftIn(path.dirname(file));
  try {
    fs.writeFileSync(draft, text, { mode, flag: "wx" });
    fs.linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

/** A path in `folder` that nobody else uses, for what is renamed when it is whole. Its length does not depend on the name that it gets. */
export function draftIn(folder: string): string {
  removeLeftDrafts(folder);
  return path.join(folder, `.istio-lab-${process.pid}-${randomBytes(6).toString("hex")}.draft`);
}

/** Whether a file's name is that of a draft. */
export function isDraft(name: string): boolean {
  return DRAFT.test(name);
}

const DRAFT = /^\.istio-lab-(\d+)-[0-9a-f]{12}\.draft$/;

/** Drafts go by their name, their owner, their age and their process, which is gone. What cannot be asked or removed stays: it is in nobody's way. */
function removeLeftDrafts(folder: string): void {
  try {
    for (const name of namesIn(folder)) {
      const process = DRAFT.exec(name)?.[1];
      if (process === undefined || processAnswer(Number(process)) !== "none") continue;
      const { uid, mtimeMs } = fs.lstatSync(path.join(folder, name));
      if (uid === geteuid() && Date.now() - mtimeMs > LEFT_MS)
        fs.rmSync(path.join(folder, name), { recursive: true, force: true });
    }
  } catch {
    // Another process may remove the same draft.
  }
}

/** 0 where the system has no users by number, as Node's `lstat` has it there. */
function geteuid(): number {
  return process.geteuid?.() ?? 0;
}
