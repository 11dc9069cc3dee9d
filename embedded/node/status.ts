import { endsOf } from "./address";
import { SeatError } from "../../base/seat-error";
import { layout, type Layout } from "./layout";
import { isStrangers } from "../../base/process-owner";
import { isAlive, isOfSeat } from "./processes";
import { clearableWithoutRecord, readRecord, type SeatRecord } from "./record";
import { serviceStatus, type ServiceStatus } from "./supervisor";

/** A seat that is there, as others use it. */
export interface Seat {
  name: string;
  /** The seat's folder. */
  folder: string;
  generation: string;
  /** Whether it was ready once: from then on its data is somebody's. */
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
 * - `absent`: there is no such seat.
 * - `creating`: it is being made or started by a process that lives.
 * - `running`: it was made, and its first process lives.
 * - `stopped`: `stopSeat` stopped it; its data is kept.
 * - `dead`: it is half-made, or its processes were killed.
 * - `unknown`: its record cannot be read, or is missing beside what it should speak of. That says nothing of the seat.
 */
export type SeatState = "absent" | "creating" | "running" | "stopped" | "dead" | "unknown";

export interface SeatStatus {
  state: SeatState;
  /** What is known of it; undefined when absent or unknown. */
  seat?: Seat;
  /** Why the state is unknown. */
  problem?: string;
  /** Each supervised service, while the seat lives. */
  services?: ServiceStatus[];
}

/** What the seat in `folder` is at. Quick (milliseconds), and asks nobody but this machine. A record that cannot be read is a state of its own. */
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
  if (record.phase === "ready") return isRunning(record) ? "running" : "dead";
  return isAlive(record.maker) && !isStrangers(record.maker!.pid) ? "creating" : "dead";
}

/**
 * Whether the seat's first process lives. A record of an older version does not say which start of the machine it speaks of. After another
 * start a process may have the same number and tick. Then its control group tells.
 */
export function isRunning({ init }: SeatRecord): boolean {
  return init !== undefined && isAlive(init) && !isStrangers(init.pid) && (init.boot !== undefined || isOfSeat(init));
}

/** What `record` says, as others use it. */
export function seatOf(folder: string, record: SeatRecord): Seat {
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
