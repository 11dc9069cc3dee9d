import type { Settings } from "../../config";
import type { Deployment } from "../stack/stack";

/** A seat whose machines are turned off and on. */
export interface PoweredSeat {
  readonly stack: string;
  readonly settings: Settings;
  /** The stack's state. It says which machines are the seat's own. */
  readonly state: Deployment;
}

/** Turns the machines of a seat off and on again. What is on their disks stays, and so do their addresses. */
export interface TargetPower {
  /**
   * Turns them off; does nothing where they are off.
   * @param doing shows the present step
   * @returns what is so now, such as `stopped`
   * @throws UserError where a machine is not the seat's own, or nobody could be asked
   */
  stop(seat: PoweredSeat, doing: (step: string) => void): Promise<string>;
  /** Turns them on; does nothing where they are on. @default `pulumi up` does it */
  start?(seat: PoweredSeat, doing: (step: string) => void): Promise<string>;
  /** What stopped seats go on costing, in sentences. @default nothing */
  cost?(seats: readonly PoweredSeat[]): string[];
}
