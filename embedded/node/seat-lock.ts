import type { ReportProgress } from "../../base/step";
import { layout, seatId } from "./layout";
import { withLock } from "../../base/lock";

/** Runs `work` while nobody else changes the seat in `folder`. Reports when it has to wait. */
export function withSeat<T>(folder: string, report: ReportProgress, work: () => Promise<T>): Promise<T> {
  const wait = (holder: string) =>
    report(0, 0, `waiting for ${holder}, which is working on the seat in ${layout(folder).folder}`);
  return withLock(`seat:${seatId(folder)}`, wait, work);
}

/** Runs `work` while no other seat of this machine chooses its address range. */
export function withAddresses<T>(report: ReportProgress, work: () => Promise<T>): Promise<T> {
  return withLock(
    "addresses",
    (holder) => report(0, 0, `waiting for ${holder}, which is taking an address range`),
    work,
  );
}
