import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { processAnswer } from "./process-answer";

/*
 * Only ENOENT proves that a file does not exist. Node's `existsSync` also returns false when it could not check
 * (EACCES, EMFILE, EIO). A decision to delete must not treat that as absence.
 */

/** Returns a file's text, or undefined when the file does not exist. @throws any other read error */
export function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** Whether a file, folder or link exists at this path. @throws when that could not be checked */
export function isThere(path: string): boolean {
  return fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Returns the names in a folder; empty when the folder does not exist. @throws any other read error */
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

/**
 * A killed run leaves its draft behind. Creating the next draft in the same folder removes it after this time, if its
 * process has ended.
 */
const LEFT_MS = 600_000;

/**
 * Writes a file so that readers see either the old or the new content. Concurrent writers do not collide, because
 * each has its own draft.
 */
export function writeWhole(file: string, text: string | Uint8Array, mode = 0o644): void {
  const draft = draftIn(path.dirname(file));
  try {
    // `wx` follows no link and fails if somebody else created the file.
    fs.writeFileSync(draft, text, { mode, flag: "wx" });
    fs.renameSync(draft, file);
  } catch (error) {
    fs.rmSync(draft, { force: true });
    throw error;
  }
}

/**
 * Creates a file in one step, with its whole content, and never replaces another. Returns false if the file already
 * exists.
 */
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

/**
 * Returns an unused path in `folder` for a file that is renamed once it is complete. Its length does not depend on
 * the final name.
 */
export function draftIn(folder: string): string {
  removeLeftDrafts(folder);
  return path.join(folder, `.istio-lab-${process.pid}-${randomBytes(6).toString("hex")}.draft`);
}

/** Whether a file's name is the name of a draft. */
export function isDraft(name: string): boolean {
  return DRAFT.test(name);
}

const DRAFT = /^\.istio-lab-(\d+)-[0-9a-f]{12}\.draft$/;

/**
 * Removes a draft by its name, owner and age, once its process has ended. What cannot be checked or removed stays,
 * since it does no harm.
 */
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

/** Returns 0 on systems without numeric users, as Node's `lstat` does there. */
function geteuid(): number {
  return process.geteuid?.() ?? 0;
}
