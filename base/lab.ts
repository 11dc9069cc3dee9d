import * as fs from "node:fs";
import * as path from "node:path";
import { isThere } from "./files";
import { isSeatName } from "./names";
import { narrowFolder, privateFolder } from "./private-folder";
import { labRoot, seatsFolder } from "./paths";

/**
 * Creates the folder `labRoot` for this user only, or closes one that an older version left open to others. Returns
 * its path. @throws FolderError where it is not ours
 */
export function makeLab(): string {
  privateFolder(labRoot());
  return labRoot();
}

/**
 * Closes the folder and each seat's folder to other users, where they exist. @throws FolderError where the folder is
 * not ours
 */
export function narrowLab(): void {
  if (!isThere(labRoot())) return;
  narrowFolder(labRoot());
  const seats = fs.existsSync(seatsFolder()) ? fs.readdirSync(seatsFolder(), { withFileTypes: true }) : [];
  // Anything that is not a folder is rejected later by the code that uses it.
  for (const seat of seats.filter((entry) => entry.isDirectory() && isSeatName(entry.name)))
    narrowFolder(path.join(seatsFolder(), seat.name));
}
