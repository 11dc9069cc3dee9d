import * as fs from "node:fs";
import * as path from "node:path";

/** A folder is open to others; the message says why it cannot be closed. */
export class FolderError extends Error {
  override name = "FolderError";
}

/**
 * Creates a folder that only its owner may enter, or closes an existing one of ours to others. This protects its
 * content, such as a seat's volumes, which any user may write. Missing parent folders get the same mode. Returns
 * whether this call created the folder.
 * @throws FolderError where something else exists at that path, or the folder is another user's
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

/** Closes one of our folders to everyone but its owner. @throws FolderError where it is not our folder */
export function narrowFolder(folder: string): void {
  // Uses a descriptor that follows no link, so that the checked folder is the changed one.
  let descriptor: number;
  try {
    descriptor = fs.openSync(
      folder,
      fs.constants.O_RDONLY | (fs.constants.O_DIRECTORY ?? 0) | (fs.constants.O_NOFOLLOW ?? 0),
    );
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EISDIR" || code === "EPERM") return; // Windows cannot open a folder and has no modes.
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
      `${folder} is a link to ${fs.readlinkSync(folder)}, which others may redirect or enter. Name the folder itself: ISTIO_LAB_HOME=FOLDER.`,
    );
  if (there !== undefined && !there.isDirectory())
    return new FolderError(`${folder} is not a folder. Move it away, or name another place: ISTIO_LAB_HOME=FOLDER.`);
  if (there !== undefined && !isOurs(there.uid))
    return new FolderError(
      `${folder} belongs to user ${there.uid}, and this is user ${process.geteuid?.()}. Run the command as that user, or name a folder of your own: ISTIO_LAB_HOME=FOLDER.`,
    );
  return error;
}

/**
 * Root also accepts folders of the checkout's owner. That user can change the program that root runs, so the folder
 * gives no further power.
 */
function isOurs(uid: number): boolean {
  const own = process.geteuid?.();
  return own === undefined || uid === own || (own === 0 && uid === fs.statSync(__dirname).uid);
}
