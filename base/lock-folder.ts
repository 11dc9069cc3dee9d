import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { isThere } from "./files";
import { SeatError } from "./seat-error";

/**
 * Returns the folders of this user's locks, from the outermost private folder to the one that holds the files. Root's
 * locks are in /run, which is cleared at boot and where nobody else can create a folder, unlike in /tmp. Other users'
 * locks are in their home, so that all their sessions share them.
 */
export function lockFolders(): string[] {
  return process.geteuid?.() === 0
    ? ["/run/istio-lab", "/run/istio-lab/locks"]
    : [path.join(home(), ".cache", "istio-lab", "locks")];
}

/**
 * Creates the missing folders and returns the last one.
 * @throws SeatError where a folder is a link, another user's, or open to others: somebody else could hold or remove a
 *   lock
 */
export function requireOwnFolders(folders: readonly string[]): string {
  for (const folder of folders) {
    make(folder);
    const problems = problemsOf(fs.lstatSync(folder));
    if (problems.length > 0) {
      throw new SeatError(
        `${folder} must be the folder of this user's locks, but it ${problems.join(", and ")}: others could hold the locks. Nothing has been done. ` +
          "Look at it, move it away, and run the same command again.",
      );
    }
  }
  return folders.at(-1)!;
}

function problemsOf(there: fs.Stats): string[] {
  const rights = there.mode & 0o777;
  const problems: [boolean, string][] = [
    [there.isSymbolicLink(), "is a symbolic link"],
    [!there.isSymbolicLink() && !there.isDirectory(), "is not a folder"],
    [there.uid !== process.geteuid!(), `belongs to user ${there.uid}`],
    [there.isDirectory() && rights !== 0o700, `has mode ${rights.toString(8).padStart(4, "0")} instead of 0700`],
  ];
  return problems.flatMap(([is, problem]) => (is ? [problem] : []));
}

function make(folder: string): void {
  try {
    fs.mkdirSync(path.dirname(folder), { recursive: true, mode: 0o700 });
    if (!isThere(folder)) fs.mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && isThere(folder)) return; // another command was quicker
    throw new SeatError(
      `${folder}, the folder of this user's locks, cannot be made: ${message}. Nothing has been done: two commands could change the same thing at once.`,
    );
  }
}

/**
 * Finds the home by the user's number, because HOME may be another user's after `sudo -E`. HOME is used only where
 * the system knows no such user or no home for it.
 */
function home(): string {
  try {
    const { homedir } = os.userInfo();
    if (isThere(homedir)) return homedir;
  } catch {
    // A container may run under a user number that has no name.
  }
  return os.homedir();
}
