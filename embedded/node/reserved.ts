import * as path from "node:path";
import { namesIn } from "../../base/files";
import { parseRange, rangesOfThisMachine, type Taken } from "./address";
import { layout } from "./layout";
import { readRecord } from "./record";

/** The address ranges the seat in `folder` cannot have: what this machine uses, and what the seats beside it have, also stopped ones. */
export async function takenRanges(folder: string): Promise<Taken[]> {
  return [...(await rangesOfThisMachine()), ...rangesOfSiblings(folder)];
}

function rangesOfSiblings(folder: string): Taken[] {
  const own = layout(folder).folder;
  const parent = path.dirname(own);
  return namesIn(parent).flatMap((name) => {
    // A record that cannot be read is not passed over: its range would count as free.
    const record = path.join(parent, name) === own ? undefined : readRecord(path.join(parent, name, "seat.json"));
    return record
      ? [{ range: parseRange(record.addressRange), by: `the seat "${record.name}" (${record.addressRange})` }]
      : [];
  });
}
