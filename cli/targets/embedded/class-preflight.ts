import { memoryHere } from "../../../base/memory";
import { labRoot } from "../../../base/paths";
import { gibibytes, roomFor } from "../../../base/room";
import { lessonNeeds } from "../../../components/lessons/catalog";
import type { Settings } from "../../../config";
import { instancesFor, proxyInstances, raiseTo, seatBytes } from "../../../embedded";
import type { PreflightSeat } from "../../class";
import type { Finding } from "../../preflight/finding";
import { machineFindings } from "./machine";

const MiB = 2 ** 20;
/**
 * Memory of a seat, as the sum of its processes' proportional set sizes. Measured: 1235 MiB with only lesson blog and
 * no addon, 1748 MiB with all lessons and the default addons. `node` includes control plane, istiod and gateway.
 */
const memory = { node: 1120 * MiB, sidecar: 30 * MiB, addon: 45 * MiB };
/** Memory reserved for everything but the seats: the engines and the user's own programs. */
const REST = 1024 * MiB;

/** This machine's free resources for seats. */
interface Room {
  /** Bytes. */
  readonly memory: number;
  /** Bytes on the seats' disk. */
  readonly disk: number;
  readonly inotify: { readonly limit: number; readonly taken: number };
}

/**
 * Checks whether this machine has room for all new seats together. A check per seat would miss that they share the
 * room.
 */
export function embeddedFindings(seats: readonly PreflightSeat[]): Finding[] {
  const machine = machineFindings();
  if (machine.some(({ status }) => status === "refused")) return machine;
  const room = {
    memory: memoryHere().free,
    disk: roomFor(labRoot()).bytes,
    inotify: proxyInstances(),
  };
  return [...machine, ...roomFindings(seats, room)];
}

/** Like `embeddedFindings`, for a given machine. */
export function roomFindings(
  seats: readonly Pick<PreflightSeat, "settings" | "there">[],
  { memory: free, disk, inotify }: Room,
): Finding[] {
  const more = seats.filter(({ there }) => !there).map(({ settings }) => settings);
  if (more.length === 0) return [{ name: "room", status: "ok", seen: "all embedded seats exist" }];
  const sum = (of: (settings: Settings) => number) => more.reduce((total, settings) => total + of(settings), 0);
  const number = more.length === 1 ? "1 more seat" : `${more.length} more seats`;
  const finding = (
    name: string,
    needed: number,
    left: number,
    text: (amount: number) => string,
    todo: string,
  ): Finding => {
    const seen = `${number} ${more.length === 1 ? "takes" : "take"} about ${text(needed)}, ${text(left)} are left`;
    return needed <= left ? { name, status: "ok", seen } : { name, status: "refused", seen, todo };
  };
  const instances = sum((settings) => instancesFor(lessonNeeds(settings).pods));
  return [
    finding(
      "memory",
      sum(memoryOf),
      Math.max(0, free - REST),
      gibibytes,
      "a smaller class, or fewer lessons and addons: config {lessons: [bookinfo], addons: []}; or another machine",
    ),
    finding(
      "disk",
      more.length * seatBytes(),
      disk,
      gibibytes,
      "make room, or set ISTIO_LAB_HOME to a folder on another disk",
    ),
    finding(
      "inotify instances",
      instances,
      Math.max(0, inotify.limit - inotify.taken),
      String,
      `fewer lessons, or allow more: ${raiseTo(inotify.taken + instances)}`,
    ),
  ];
}

/** In bytes. */
export function memoryOf(settings: Settings): number {
  return memory.node + memory.sidecar * lessonNeeds(settings).pods + memory.addon * settings.addons.length;
}
