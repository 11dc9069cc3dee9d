import type { Daemon, Room } from "./daemon";
import { least, type MinikubeSettings, type Size } from "./settings";

const MiB = 2 ** 20;

/** What a profile may have: what its driver's daemon has, and this machine, of which the smaller counts. A daemon in a container tells of the whole machine. */
export function profileRoom(machine: Room, daemon: Daemon | undefined): Room {
  return daemon === undefined
    ? machine
    : { cpus: Math.min(machine.cpus, daemon.cpus), memory: Math.min(machine.memory, daemon.memory) };
}

/** A room's number in the unit of the config. */
export function amountOf(room: Room, size: Size): number {
  return size === "cpus" ? room.cpus : Math.floor(room.memory / MiB);
}

/** The sizes that a profile is made with: a default is at most what there is, and at least what minikube starts. What the config says is kept. */
export function sizesIn(
  room: Room,
  { cpus, memory, defaults = [] }: Pick<MinikubeSettings, Size | "defaults">,
): Readonly<Record<Size, number>> {
  const of = (size: Size, wanted: number) =>
    defaults.includes(size) ? Math.max(least[size], Math.min(wanted, amountOf(room, size))) : wanted;
  return { cpus: of("cpus", cpus), memory: of("memory", memory) };
}
