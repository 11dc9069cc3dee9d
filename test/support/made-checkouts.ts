import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** In a checkout: which note of its run is of it. */
const MARK = ".made-by-a-test";
/** Notes in the folder of a run begin with it. */
const NOTE = "made-";

/** The folder of the run that this test file is in. */
let run: string | undefined;

/** From now on each checkout is noted there until its test has removed it: an interrupted run ends without the tests' hooks. */
export function noteCheckoutsIn(folder: string): void {
  run = folder;
}

/** Notes a checkout that is empty yet. One that is not beside all others belongs to whoever made the folder around it, who removes that. */
export function noteCheckout(root: string): void {
  if (run === undefined || path.dirname(root) !== path.resolve(os.tmpdir())) return;
  const id = randomUUID();
  fs.writeFileSync(path.join(run, NOTE + id), root);
  fs.writeFileSync(path.join(root, MARK), id);
}

/** Takes the note back. */
export function forgetCheckout(root: string): void {
  const id = markOf(root);
  if (run !== undefined && id !== undefined) fs.rmSync(path.join(run, NOTE + id), { force: true });
}

/** The checkouts that are noted in the folder of a run, and there. What does not have the mark of its note is another one's by now. */
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
