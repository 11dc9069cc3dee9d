import * as path from "node:path";
import { namesIn } from "../../base/files";
import { parseRange, rangesOfThisMachine, type Taken } from "./address";
import { layout } from "./layout";
import { readRecord } from "./record";

/**
 * The address ranges that the seat in `folder` cannot have: those this machine uses, and those of its sibling seats,
 * stopped ones included.
 */
export async function takenRanges(folder: string): Promise<Taken[]> {
  return [...(await rangesOfThisMachine()), ...rangesOfSiblings(folder)];
}

function rangesOfSiblings(folder: string): Taken[] {
  const own = layout(folder).folder;
  const parent = path.dirname(own);
  return namesIn(parent).flatMap((name) => {
    // Do not skip a record that cannot be read: its range would count as free.
    const record = path.join(parent, name) === own ? undefined : readRecord(path.join(parent, name, "seat.json"));
    return record
      ? [{ range: parseRange(record.addressRange), by: `the seat "${record.name}" (${record.addressRange})` }]
      : [];
  });
}
