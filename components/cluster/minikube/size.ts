import type { Daemon, Room } from "./daemon";
import { least, type MinikubeSettings, type Size } from "./settings";

const MiB = 2 ** 20;

/**
 * Returns the room for a profile: the smaller of this machine's and its driver's daemon's. A daemon in a container
 * reports the whole machine.
 */
export function profileRoom(machine: Room, daemon: Daemon | undefined): Room {
  return daemon === undefined
    ? machine
    : { cpus: Math.min(machine.cpus, daemon.cpus), memory: Math.min(machine.memory, daemon.memory) };
}

/** Converts a room's number to the unit of the config. */
export function amountOf(room: Room, size: Size): number {
  return size === "cpus" ? room.cpus : Math.floor(room.memory / MiB);
}

/**
 * Returns the sizes for a new profile. A default is limited to the available room, but never goes below minikube's
 * minimum. Sizes from the config are kept.
 */
export function sizesIn(
  room: Room,
  { cpus, memory, defaults = [] }: Pick<MinikubeSettings, Size | "defaults">,
): Readonly<Record<Size, number>> {
  const of = (size: Size, wanted: number) =>
    defaults.includes(size) ? Math.max(least[size], Math.min(wanted, amountOf(room, size))) : wanted;
  return { cpus: of("cpus", cpus), memory: of("memory", memory) };
}
