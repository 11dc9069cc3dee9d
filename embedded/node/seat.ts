import type { AddonName } from "../../versions";
import type { Report } from "../../base/step";
import type { Trust } from "./certificates";
import { create } from "./create";
import { complete, lacksImages } from "./images-of-addons";
import { remove } from "./remove";
import { start, stop } from "./start";
import type { Seat } from "./status";

export { lacksImages };
export { seatStatus, type Seat, type SeatState, type SeatStatus } from "./status";

/** What to make. */
export interface SeatSpec extends Trust {
  /** The seat's name, and its node's: a DNS label. */
  name: string;
  /** Holds everything of the seat; made if it is missing. Its path names the seat on this machine. */
  folder: string;
  /** Which making of the cluster this is. A seat that was made with another generation is another cluster. */
  generation: string;
  /** A /30 as CIDR. @default the lowest free one of 10.231.0.0/16 */
  addressRange?: string;
  /** How many pods with a sidecar it will have. @default those of all lessons */
  sidecars?: number;
  /** Whose images it gets beside those of every seat. @default all */
  addons?: readonly AddonName[];
}

/**
 * Makes a seat: a Kubernetes cluster of one node on this machine. Resolves when its DNS and its storage work.
 *
 * One that is there is left as it is; a stopped one is started; a half-made or dead one is made anew, and `report`
 * says so. May be killed at any moment and run again.
 *
 * @throws SeatError when this machine cannot have a seat, the address range is taken, or a seat of another generation
 * is in the folder.
 */
export function createSeat(spec: SeatSpec, report: Report = () => {}): Promise<Seat> {
  return create(spec, report);
}

/**
 * Starts a seat that is stopped, or whose processes were killed (by a restart of the machine, say), with its data.
 *
 * @throws SeatError when there is no seat, it was never made to its end, or its address range is taken meanwhile.
 */
export function startSeat(folder: string, report: Report = () => {}): Promise<Seat> {
  return start(folder, report);
}

/**
 * Brings a seat that runs the images of these addons, of which it may have been made without some. Those that it has stay.
 *
 * @throws SeatError when the seat does not run, or an image is not built.
 */
export function completeSeat(folder: string, addons: readonly AddonName[], report: Report = () => {}): Promise<void> {
  return complete(folder, addons, report);
}

/**
 * Stops a seat in order, ten seconds at most, and keeps its data. Nothing of it runs afterwards. Idempotent.
 *
 * @throws SeatError when there is no seat, or it was never made to its end.
 */
export function stopSeat(folder: string, report: Report = () => {}): Promise<void> {
  return stop(folder, report);
}

/**
 * Takes a seat away with all that belongs to it, also when its folder or its processes are gone. Idempotent.
 *
 * @param generation the only one that may go; @default whatever is there
 * @throws SeatError when the folder holds something else than a seat of that generation, which then stays
 */
export function deleteSeat(folder: string, report: Report = () => {}, generation?: string): Promise<void> {
  return remove(folder, report, generation);
}
