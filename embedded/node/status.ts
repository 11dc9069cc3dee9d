import { endsOf } from "./address";
import { SeatError } from "../../base/seat-error";
import { layout, type Layout } from "./layout";
import { isStrangers } from "../../base/process-owner";
import { isAlive, isOfSeat } from "./processes";
import { clearableWithoutRecord, readRecord, type SeatRecord } from "./record";
import { serviceStatus, type ServiceStatus } from "./supervisor";

/** An existing seat, as its users see it. */
export interface EmbeddedSeat {
  name: string;
  /** The seat's folder. */
  folder: string;
  generation: string;
  /** Whether the seat was ready once. From then on, its data is somebody's work. */
  made?: boolean;
  /** The node's address, reachable from this machine. */
  address: string;
  /** The /30 between this machine and the node. */
  addressRange: string;
  /** Path of the administrator's kubeconfig. */
  kubeconfig: string;
  /** The seat's first process. */
  pid: number;
  kubernetesVersion: string;
  /** The default StorageClass. */
  storageClass: "standard";
}

/**
 * The states of a seat:
 *
 * - `absent`: there is no such seat.
 * - `creating`: a living process makes or starts it.
 * - `running`: it was made, and its first process lives.
 * - `stopped`: `stopSeat` stopped it; its data is kept.
 * - `dead`: it is half-made, or its processes were killed.
 * - `unknown`: its record cannot be read, or is missing although the folder has other content. That says nothing
 *   about the seat.
 */
export type SeatState = "absent" | "creating" | "running" | "stopped" | "dead" | "unknown";

export interface SeatStatus {
  state: SeatState;
  /** What is known about the seat. Undefined if it is absent or unknown. */
  seat?: EmbeddedSeat;
  /** Why the state is unknown. */
  problem?: string;
  /** Each supervised service, while the seat lives. */
  services?: ServiceStatus[];
}

/**
 * The state of the seat in `folder`. Quick (milliseconds), and needs only this machine. An unreadable record gives
 * the state `unknown`.
 */
export async function seatStatus(folder: string): Promise<SeatStatus> {
  const at = layout(folder);
  let record: SeatRecord | undefined;
  try {
    record = readRecord(at.record);
    if (record === undefined) clearableWithoutRecord(at);
  } catch (error) {
    if (error instanceof SeatError) return { state: "unknown", problem: error.message };
    throw error;
  }
  if (!record) return { state: "absent" };
  const state = stateOf(record);
  return { state, seat: seatOf(at.folder, record), ...(isRunning(record) && { services: servicesOf(at) }) };
}

/** The services' states. Empty if the seat goes away while they are read. */
function servicesOf(at: Layout): ServiceStatus[] {
  try {
    return serviceStatus(at);
  } catch {
    return [];
  }
}

export function stateOf(record: SeatRecord): SeatState {
  if (record.phase === "stopped") return "stopped";
  if (record.phase === "ready") return isRunning(record) ? "running" : "dead";
  return isAlive(record.maker) && !isStrangers(record.maker!.pid) ? "creating" : "dead";
}

/**
 * Whether the seat's first process lives. A record of an older version does not say which boot of the machine it is
 * from. After another boot, a different process may have the same PID and start tick. In that case, its cgroup
 * decides.
 */
export function isRunning({ init }: SeatRecord): boolean {
  return init !== undefined && isAlive(init) && !isStrangers(init.pid) && (init.boot !== undefined || isOfSeat(init));
}

/** Converts a record to the form that its users see. */
export function seatOf(folder: string, record: SeatRecord): EmbeddedSeat {
  const { name, generation, made, addressRange, kubernetesVersion } = record;
  const at = layout(folder);
  return {
    name,
    folder: at.folder,
    generation,
    ...(made && { made }),
    address: endsOf(addressRange).node,
    addressRange,
    kubeconfig: at.kubeconfig,
    pid: record.init?.pid ?? 0,
    kubernetesVersion,
    storageClass: "standard",
  };
}
