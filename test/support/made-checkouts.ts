import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** A file in a checkout that names its note in the run's folder. */
const MARK = ".made-by-a-test";
/** The prefix of the notes in a run's folder. */
const NOTE = "made-";

/** The folder of this test file's run. */
let run: string | undefined;

/**
 * Notes each new checkout in that folder until its test has removed it. An interrupted run ends without the tests'
 * hooks.
 */
export function noteCheckoutsIn(folder: string): void {
  run = folder;
}

/**
 * Notes an empty checkout, or a folder for seats alone. A checkout inside another folder is not noted: whoever created
 * that folder removes it.
 */
export function noteCheckout(root: string): void {
  if (run === undefined || path.dirname(root) !== path.resolve(os.tmpdir())) return;
  const id = randomUUID();
  fs.writeFileSync(path.join(run, NOTE + id), root);
  fs.writeFileSync(path.join(root, MARK), id);
}

/** Removes the note. */
export function forgetCheckout(root: string): void {
  const id = markOf(root);
  if (run !== undefined && id !== undefined) fs.rmSync(path.join(run, NOTE + id), { force: true });
}

/**
 * Returns the checkouts that are noted in a run's folder and still exist. A folder without the note's mark belongs to
 * somebody else by now.
 */
export function notedCheckouts(folder: string): string[] {
  return fs
    .readdirSync(folder)
    .filter((name) => name.startsWith(NOTE))
    .map((name) => ({ id: name.slice(NOTE.length), root: fs.readFileSync(path.join(folder, name), "utf8") }))
    .filter(({ id, root }) => markOf(root) === id)
    .map(({ root }) => root);
}

function markOf(root: string): string | undefined {
  const file = path.join(root, MARK);
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
}
