import { onStack } from "../../../base/advice";
import { UserError } from "../../../base/errors";
import { seatFolder } from "../../../base/paths";
import { seatStatus, startSeat, stopSeat, type SeatState } from "../../../embedded";
import { generationsOfState } from "../../stack/target-of-state";
import type { PoweredSeat, TargetPower } from "../power";

/** Stops a seat's processes and starts them again. Its folder keeps its data. */
export const embeddedPower: TargetPower = {
  async stop(seat, doing) {
    const { state, folder } = await ownSeat(seat);
    if (state === "stopped" || state === "dead") return "was off already";
    if (state !== "running") throw refused(seat, state);
    await stopSeat(folder, (_done, _total, note) => doing(note ?? "stopping"));
    return "stopped, its data stays";
  },

  async start(seat, doing) {
    const { state, folder } = await ownSeat(seat);
    if (state === "running") return "ran already";
    if (state !== "stopped" && state !== "dead") throw refused(seat, state);
    await startSeat(folder, (_done, _total, note) => doing(note ?? "starting"));
    return "started";
  },
};

/** Looks at the seat in the stack's folder. @throws UserError where it is not of the stack's state, or unknown */
async function ownSeat({ stack, state: made }: PoweredSeat): Promise<{ state: SeatState; folder: string }> {
  const folder = seatFolder(stack);
  const { state, problem, seat } = await seatStatus(folder);
  if (problem !== undefined) throw new UserError(problem);
  if (seat !== undefined && !generationsOfState(made).includes(seat.generation))
    throw new UserError(
      `The seat in ${folder} is of generation ${seat.generation}, which stack ${stack} does not know. Nothing was done to it.`,
    );
  return { state, folder };
}

function refused({ stack }: PoweredSeat, state: SeatState): UserError {
  return new UserError(
    state === "creating"
      ? `The seat of stack ${stack} is being made right now. Run the same command again after that has ended.`
      : `The seat of stack ${stack} is ${state}. \`${onStack(stack, "npm run up")}\` makes it.`,
  );
}
