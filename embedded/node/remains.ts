import * as path from "node:path";
import { isThere, namesIn } from "../../base/files";
import { SeatError } from "./errors";
import type { Layout } from "./layout";
import { isRecordDraft } from "./record";

/**
 * What a folder without a record is. A run that is killed leaves such a folder only before its first record is whole: empty, or with the draft of that
 * record. Anything else in it was not left by this program's own runs, and so is nobody's to clear.
 *
 * @returns whether there is a folder, which may be cleared then
 * @throws SeatError when it holds anything else
 */
export function clearableWithoutRecord({ folder, record }: Layout): boolean {
  if (!isThere(folder)) return false;
  const others = namesIn(folder).filter((name) => !isRecordDraft(name));
  if (others.length === 0) return true;
  throw new SeatError(
    `${folder} has no ${path.basename(record)}, and yet holds ${others.slice(0, 5).join(", ")}${others.length > 5 ? ", …" : ""}: nobody can say whose that is, and nothing was changed. ` +
      `Put the record back or move the folder away; or, when all in it may go, delete it: \`npm run embedded -- delete --seat ${path.basename(folder)}\`.`,
  );
}
