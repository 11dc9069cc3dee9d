import type { Class, Outcome } from "../model";
import type { Proof } from "../../targets/proof";
import { destroySeat } from "./destroy-seat";
import { elsewhereLines } from "./backend";
import { afterKilledRuns, withClassLock, withEngine } from "./prepare";
import { overSeats } from "./over-seats";
import { ownSeats } from "./owned";
import type { ClassRunOptions } from "./up-class";

/**
 * Destroys the seats; each outcome's result is the proof. A seat counts as failed while something of it is left, and
 * its trouble names that. A seat without a stack is asked for too, because an earlier run may have left something. Of
 * such a seat, only what this class noted here is deleted.
 * @throws UserError where a stack belongs to no seat of this class
 */
export async function destroyClass(cls: Class, options: ClassRunOptions): Promise<Outcome<Proof>[]> {
  const seats = options.seats ?? cls.roster.seats;
  return withClassLock(cls, async () => {
    const ready = await withEngine({ ...cls, roster: { ...cls.roster, seats } });
    await afterKilledRuns(ready, (line) => process.stderr.write(`${line}\n`));
    const there = await ownSeats(ready, "delete");
    for (const line of await elsewhereLines(ready, there)) process.stderr.write(`${line}\n`);
    return overSeats(ready, { ...options, verb: "destroy" }, (seat, line, signal) =>
      destroySeat(ready, seat, there.has(seat.seat), line, signal),
    );
  });
}
