import { deleteSeat, findSeatProcesses, layout, seatStatus, type SeatStatus } from "../../embedded";

/** Access to this machine's seats. A test passes its own. */
export interface Seats {
  status(folder: string): Promise<SeatStatus>;
  /** Whether processes of a seat run in the folder. */
  hasProcesses(folder: string): boolean;
  delete(folder: string, generation: string): Promise<void>;
}

const thisMachine: Seats = {
  status: seatStatus,
  hasProcesses: (folder) => {
    if (process.platform !== "linux") return false;
    const { init, makers } = findSeatProcesses(layout(folder).folder);
    return init.length + makers.length > 0;
  },
  delete: (folder, generation) => deleteSeat(folder, undefined, generation),
};

/**
 * Cleans up after a destroy: a create that was killed before the engine recorded it leaves a seat that the engine
 * never deletes.
 * Deletes only a seat of one of `generations`, which the state had. Anything else is reported and stays.
 */
export async function clearRemains(
  stack: string,
  folder: string,
  generations: readonly string[],
  seats: Seats = thisMachine,
): Promise<string[]> {
  const { state, seat, problem } = await seats.status(folder);
  const shown = `\`npm run embedded -- status --seat ${stack}\` shows it.`;
  if (problem !== undefined) return [`Kept: ${problem}`];
  if (seat !== undefined && !generations.includes(seat.generation)) {
    return [
      `Kept: the seat in ${folder} is ${state}. The state of stack ${stack} does not know its generation, ${seat.generation}. ${shown}`,
    ];
  }
  // Without a record, a seat whose folder was removed may have left things that carry the folder's name: processes,
  // control groups, a link.
  const generation = seat?.generation ?? generations[0];
  if (generation !== undefined) await seats.delete(folder, generation);
  else if (seats.hasProcesses(folder))
    return [`Kept: a seat runs in ${folder}, and the state of stack ${stack} does not know it. ${shown}`];
  return [];
}
