import { endsOf } from "./address";
import { layout, type Layout } from "./layout";
import { isAlive } from "./processes";
import { readRecord, type SeatRecord } from "./record";
import { serviceStatus, type ServiceStatus } from "./supervisor";

/** A seat that is there, as others use it. */
export interface Seat {
  name: string;
  /** The seat's folder. */
  folder: string;
  generation: string;
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
 * - `absent`: there is no such seat.
 * - `creating`: it is being made or started by a process that lives.
 * - `running`: it was made, and its first process lives.
 * - `stopped`: `stopSeat` stopped it; its data is kept.
 * - `dead`: it is half-made, or its processes were killed.
 */
export type SeatState = "absent" | "creating" | "running" | "stopped" | "dead";

export interface SeatStatus {
  state: SeatState;
  /** What is known of it; undefined when absent. */
  seat?: Seat;
  /** Each supervised service, while the seat lives. */
  services?: ServiceStatus[];
}

/** What the seat in `folder` is at. Quick (milliseconds), asks nobody but this machine, and never throws. */
export async function seatStatus(folder: string): Promise<SeatStatus> {
  const at = layout(folder);
  const record = readRecord(at.record);
  if (!record) return { state: "absent" };
  const state = stateOf(record);
  return { state, seat: seatOf(at.folder, record), ...(isAlive(record.init) && { services: servicesOf(at) }) };
}

/** None, if the seat goes away while its services are read. */
function servicesOf(at: Layout): ServiceStatus[] {
  try {
    return serviceStatus(at);
  } catch {
    return [];
  }
}

export function stateOf(record: SeatRecord): SeatState {
  if (record.phase === "stopped") return "stopped";
  if (record.phase === "ready") return isAlive(record.init) ? "running" : "dead";
  return isAlive(record.maker) ? "creating" : "dead";
}

/** What `record` says, as others use it. */
export function seatOf(folder: string, record: SeatRecord): Seat {
  const { name, generation, addressRange, kubernetesVersion } = record;
  const at = layout(folder);
  return {
    name,
    folder: at.folder,
    generation,
    address: endsOf(addressRange).node,
    addressRange,
    kubeconfig: at.kubeconfig,
    pid: record.init?.pid ?? 0,
    kubernetesVersion,
    storageClass: "standard",
  };
}
