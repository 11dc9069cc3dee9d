import type { AddonName } from "../../versions";
import type { ReportProgress } from "../../base/step";
import type { Trust } from "./certificates";
import { create } from "./create";
import { complete, lacksImages } from "./images-of-addons";
import { remove } from "./remove";
import { start, stop } from "./start";
import type { EmbeddedSeat } from "./status";

export { lacksImages };
export { seatStatus, type EmbeddedSeat, type SeatState, type SeatStatus } from "./status";

/** The seat to make. */
export interface SeatSpec extends Trust {
  /** The seat's name, which is also its node's name: a DNS label. */
  name: string;
  /**
   * The folder that holds everything of the seat. It is made if it is missing. Its path identifies the seat on this
   * machine.
   */
  folder: string;
  /** Identifies the cluster. A seat that was made with another generation is another cluster. */
  generation: string;
  /** A /30 as CIDR. @default the lowest free one of 10.231.0.0/16 */
  addressRange?: string;
  /** How many pods with a sidecar it will have. @default those of all lessons */
  sidecars?: number;
  /** The addons whose images it gets besides those that every seat has. @default all */
  addons?: readonly AddonName[];
}

/**
 * Makes a seat: a Kubernetes cluster of one node on this machine. Resolves when its DNS and its storage work.
 *
 * An existing seat stays as it is, and a stopped one is started. A half-made or dead one is recreated, and `report`
 * says so. May be killed at any moment and run again.
 *
 * @throws SeatError when this machine cannot have a seat, the address range is taken, or the folder holds a seat of
 *   another generation.
 */
export function createSeat(spec: SeatSpec, report: ReportProgress = () => {}): Promise<EmbeddedSeat> {
  return create(spec, report);
}

/**
 * Starts a seat that is stopped or whose processes were killed, for example by a reboot. Its data is kept.
 *
 * @throws SeatError when there is no seat, it was never completed, or its address range has been taken meanwhile.
 */
export function startSeat(folder: string, report: ReportProgress = () => {}): Promise<EmbeddedSeat> {
  return start(folder, report);
}

/**
 * Imports the images of these addons into a running seat, which may have been made without some of them. Its other
 * images stay.
 *
 * @throws SeatError when the seat does not run, or an image is not built.
 */
export function completeSeat(
  folder: string,
  addons: readonly AddonName[],
  report: ReportProgress = () => {},
): Promise<void> {
  return complete(folder, addons, report);
}

/**
 * Stops a seat in order, within ten seconds, and keeps its data. Afterwards none of its processes run. Idempotent.
 *
 * @throws SeatError when there is no seat, or it was never completed.
 */
export function stopSeat(folder: string, report: ReportProgress = () => {}): Promise<void> {
  return stop(folder, report);
}

/**
 * Deletes a seat with everything that belongs to it, even if its folder or its processes are gone. Idempotent.
 *
 * @param generation the only generation that may be deleted; @default any
 * @throws SeatError when the folder holds anything else than a seat of that generation. Nothing is deleted then.
 */
export function deleteSeat(folder: string, report: ReportProgress = () => {}, generation?: string): Promise<void> {
  return remove(folder, report, generation);
}
