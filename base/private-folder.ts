import * as fs from "node:fs";
import * as path from "node:path";

/** A folder that would be open to others, and why it cannot be closed. */
export class FolderError extends Error {
  override name = "FolderError";
}

/**
 * Makes a folder that its owner alone may enter, or narrows one of ours. What is in it is safe then, such as a seat's volumes, which any user may write.
 * Folders above it that are missing are made with the same mode. Returns whether this call made it.
 * @throws FolderError where something else is there, or somebody else's
 */
export function privateFolder(folder: string): boolean {
  const isNew =
    fs.mkdirSync(path.dirname(folder), { recursive: true, mode: 0o700 }) !== undefined ||
    !fs.lstatSync(folder, { throwIfNoEntry: false });
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  narrowFolder(folder);
  return isNew;
}

/** Narrows a folder of ours to its owner. @throws FolderError where it is no folder of ours */
export function narrowFolder(folder: string): void {
  // By a descriptor that follows no link: what is asked is what is changed.
  let descriptor: number;
  try {
    descriptor = fs.openSync(
      folder,
      fs.constants.O_RDONLY | (fs.constants.O_DIRECTORY ?? 0) | (fs.constants.O_NOFOLLOW ?? 0),
    );
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EISDIR" || code === "EPERM") return; // Windows opens no folder, and has no modes.
    throw refusal(folder, error as NodeJS.ErrnoException);
  }
  try {
    const { uid, mode } = fs.fstatSync(descriptor);
    if (!isOurs(uid))
      throw new FolderError(
        `${folder} belongs to user ${uid}, who could read and change what is put there. Use a folder of your own: ISTIO_LAB_HOME=FOLDER.`,
      );
    if ((mode & 0o7777) !== 0o700) fs.fchmodSync(descriptor, 0o700);
  } finally {
    fs.closeSync(descriptor);
  }
}

function refusal(folder: string, error: NodeJS.ErrnoException): Error {
  const there = fs.lstatSync(folder, { throwIfNoEntry: false });
  if (there?.isSymbolicLink())
    return new FolderError(
      `${folder} is a link to ${fs.readlinkSync(folder)}, which others may turn or enter. Name the folder itself: ISTIO_LAB_HOME=FOLDER.`,
    );
  if (there !== undefined && !there.isDirectory())
    return new FolderError(`${folder} is no folder. Move it away, or name another place: ISTIO_LAB_HOME=FOLDER.`);
  if (there !== undefined && !isOurs(there.uid))
    return new FolderError(
      `${folder} belongs to user ${there.uid}, and this is user ${process.geteuid?.()}. Run the command as that user, or name a folder of your own: ISTIO_LAB_HOME=FOLDER.`,
    );
  return error;
}

/** Root also takes the checkout's owner for its own: whoever may change the program that root runs gains nothing by its folder. */
function isOurs(uid: number): boolean {
  const own = process.geteuid?.();
  return own === undefined || uid === own || (own === 0 && uid === fs.statSync(__dirname).uid);
}
