import * as os from "node:os";
import * as path from "node:path";
import { readSeatName, shownName } from "./names";
import { SeatError } from "./seat-error";

/** The checkout's root folder. */
export const projectRoot = path.resolve(__dirname, "..");

/**
 * The folder of built binaries and images, shared by all checkouts of this user: `$ISTIO_LAB_CACHE`, else the XDG
 * cache folder.
 */
export function cacheRoot(): string {
  if (process.env.ISTIO_LAB_CACHE) return path.resolve(process.env.ISTIO_LAB_CACHE);
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "istio-lab");
}

/** The folder of this checkout's state, passphrase, seats and logs: `$ISTIO_LAB_HOME`, else `.lab` (git-ignored). */
export function labRoot(): string {
  return process.env.ISTIO_LAB_HOME ? path.resolve(process.env.ISTIO_LAB_HOME) : path.join(projectRoot, ".lab");
}

/** The folder of this checkout's seats. */
export function seatsFolder(): string {
  return path.join(labRoot(), "seats");
}

/**
 * The folder that holds everything of an embedded seat. @throws SeatError where the text is not a seat's name,
 * because the path could lead elsewhere
 */
export function seatFolder(name: string): string {
  const { problem } = readSeatName(name);
  if (problem !== undefined) throw new SeatError(`${shownName(name)}: ${problem}`);
  return path.join(seatsFolder(), name);
}
