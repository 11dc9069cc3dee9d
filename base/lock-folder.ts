import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { isThere } from "./files";
import { SeatError } from "./seat-error";

/**
 * Where this user's locks are, from the outermost folder that has to be theirs alone to the folder of the files. Root's are in /run, which is cleared when
 * the machine starts. Nobody else may make a folder there, unlike in /tmp. Another user's are below their home, whichever session they come from.
 */
export function lockFolders(): string[] {
  return process.geteuid?.() === 0
    ? ["/run/istio-lab", "/run/istio-lab/locks"]
    : [path.join(home(), ".cache", "istio-lab", "locks")];
}

/**
 * Makes the folders where they are missing, and gives the last one.
 * @throws SeatError where one of them is a link, another user's, or open to others: somebody else could hold a lock, or take one away
 */
export function requireOwnFolders(folders: readonly string[]): string {
  for (const folder of folders) {
    make(folder);
    const problems = problemsOf(fs.lstatSync(folder));
    if (problems.length > 0) {
      throw new SeatError(
        `${folder} has to be the folder of this user's locks, and ${problems.join(", and ")}: others could hold the locks. Nothing has been done. ` +
          "Look what it is, move it away, and run the same command again.",
      );
    }
  }
  return folders.at(-1)!;
}

function problemsOf(there: fs.Stats): string[] {
  const rights = there.mode & 0o777;
  const problems: [boolean, string][] = [
    [there.isSymbolicLink(), "is a symbolic link"],
    [!there.isSymbolicLink() && !there.isDirectory(), "is no folder"],
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

/** By the user's number: HOME may be another's after `sudo -E`. It decides only for a user whom the system does not know, or has no home for. */
function home(): string {
  try {
    const { homedir } = os.userInfo();
    if (isThere(homedir)) return homedir;
  } catch {
    // A container may run under a number without a name.
  }
  return os.homedir();
}
