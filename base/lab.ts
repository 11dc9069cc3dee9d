import * as fs from "node:fs";
import * as path from "node:path";
import { isThere } from "./files";
import { isSeatName } from "./names";
import { narrowFolder, privateFolder } from "./private-folder";
import { labRoot, seatsFolder } from "./paths";

/** Makes the folder of `labRoot` for this user alone, or narrows the one that an older version left open. Returns its path. @throws FolderError where it is not ours */
export function makeLab(): string {
  privateFolder(labRoot());
  return labRoot();
}

/** Narrows what is there of it: the folder, and each seat's own. @throws FolderError where the folder is not ours */
export function narrowLab(): void {
  if (!isThere(labRoot())) return;
  narrowFolder(labRoot());
  const seats = fs.existsSync(seatsFolder()) ? fs.readdirSync(seatsFolder(), { withFileTypes: true }) : [];
  // What is no folder is refused by whatever works on it.
  for (const seat of seats.filter((entry) => entry.isDirectory() && isSeatName(entry.name)))
    narrowFolder(path.join(seatsFolder(), seat.name));
}
