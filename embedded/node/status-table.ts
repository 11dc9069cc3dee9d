import * as fs from "node:fs";
import { onStack } from "../../base/advice";
import { DEFAULT_STACK } from "../../base/names";
import { seatFolder } from "../../base/paths";
import { ownProcesses, podProcesses } from "./processes";
import { seatStatus } from "./status";

/** Prints the seats of this checkout, one line each. */
export async function printSeats(names: string[]): Promise<void> {
  if (names.length === 0) return print(onStack(DEFAULT_STACK, "There is no seat. `npm run up` makes one."));
  for (const name of names) {
    const { state, seat, problem = "" } = await seatStatus(seatFolder(name));
    print(
      columns(
        [name, 20],
        [state, 10],
        [seat?.address ?? "", 16],
        [seat ? `Kubernetes ${seat.kubernetesVersion}` : problem, 0],
      ),
    );
  }
}

/** Prints a seat's services with their state, process, time and memory. */
export async function printStatus(name: string): Promise<void> {
  const folder = seatFolder(name);
  const { state, seat, services, problem } = await seatStatus(folder);
  const known = seat
    ? `, at ${seat.address}, Kubernetes ${seat.kubernetesVersion}, generation ${seat.generation}, ${seat.folder}`
    : problem !== undefined
      ? `: ${problem}`
      : "";
  print(`seat "${name}": ${state}${known}`);
  if (!services) return;
  const memory = seatMemory(folder);
  print(columns(["SERVICE", 26], ["STATE", 7], ["PID", 9], ["FOR", 12], ["MEMORY", 0]));
  for (const { name: service, up, pid, since } of services) {
    const size = pid === undefined ? undefined : memory.services.get(pid);
    const cells: [string, number][] = [
      [service, 26],
      [up ? "up" : "down", 7],
      [String(pid ?? ""), 9],
      [since ? duration(since) : "", 12],
    ];
    print(columns(...cells, [size === undefined ? "" : megabytes(size), 0]));
  }
  print(`the node ${megabytes(memory.node)}, its pods ${megabytes(memory.pods)} (proportional set size)`);
}

function columns(...cells: [text: string, width: number][]): string {
  return cells
    .map(([text, width]) => text.padEnd(width))
    .join("")
    .trimEnd();
}

function duration(since: string): string {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(since)) / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours} h ${minutes} min` : minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The memory of a seat in bytes, as proportional set size: a page shared by n processes counts 1/n for each. */
interface SeatMemory {
  /** By the process's PID on the host. */
  services: Map<number, number>;
  /** Everything that belongs to the node itself, the supervisor and the containers' shims included. */
  node: number;
  pods: number;
}

/** What the seat in `folder` uses now. */
function seatMemory(folder: string): SeatMemory {
  const memory: SeatMemory = { services: new Map(), node: 0, pods: 0 };
  for (const { pid } of ownProcesses(folder)) {
    const size = proportionalSize(pid);
    memory.services.set(pid, size);
    memory.node += size;
  }
  for (const { pid } of podProcesses(folder)) memory.pods += proportionalSize(pid);
  return memory;
}

function proportionalSize(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0; // it has ended
  }
}
