import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { CONFINE } from "./confinement";
import { SeatError } from "../../base/seat-error";
import { isAlive, isOfSeat, type ProcessId } from "./processes";

/** By its path. `spawn` looks for a name in the command's PATH, which begins with a folder of the seat. */
const NSENTER = "/usr/bin/nsenter";

/** The namespaces that lead into a seat, as files that stay the seat's until they are closed. */
export interface Namespaces {
  mount: string;
  net: string;
  ipc: string;
  uts: string;
  pid: string;
  cgroup: string;
  close(): void;
}

/**
 * Opens the namespaces of a seat's first process, and looks only then whose they are. So no other process can get its number in between.
 * This process holds the descriptors, so the paths lead there for its children too, and none of them is handed on into the seat.
 *
 * @throws SeatError where the process has ended, or is of no seat: whoever else's it is, his programs would run as root of this machine
 */
export function openNamespaces(init: ProcessId): Namespaces {
  const opened: number[] = [];
  const close = () => opened.splice(0).forEach((descriptor) => fs.closeSync(descriptor));
  const open = (name: string) => {
    opened.push(fs.openSync(`/proc/${init.pid}/ns/${name}`, "r"));
    return `/proc/${process.pid}/fd/${opened.at(-1)}`;
  };
  try {
    const namespaces = {
      mount: open("mnt"),
      net: open("net"),
      ipc: open("ipc"),
      uts: open("uts"),
      pid: open("pid"),
      cgroup: open("cgroup"),
      close,
    };
    if (!isOfSeat(init))
      throw new SeatError(
        isAlive(init)
          ? `Process ${init.pid} is not entered: it is not root's own in the control group of a seat.`
          : ended(init),
      );
    return namespaces;
  } catch (error) {
    close();
    if (!isAlive(init) && !(error instanceof SeatError)) throw new SeatError(ended(init));
    throw error;
  }
}

function ended({ pid }: ProcessId): string {
  return `The seat's first process, ${pid}, has ended.`;
}

/**
 * What runs `command` in a seat: in its mounts, network, processes, host name and cgroups. It gives up the rights that root lacks in a seat before it enters.
 * A pod that sees the seat's processes could otherwise take over a process that still has them.
 */
export function enter({ mount, net, ipc, uts, pid, cgroup }: Namespaces, command: readonly string[]): string[] {
  return [
    ...CONFINE,
    NSENTER,
    `--mount=${mount}`,
    `--net=${net}`,
    `--ipc=${ipc}`,
    `--uts=${uts}`,
    `--pid=${pid}`,
    `--cgroup=${cgroup}`,
    "--",
    ...command,
  ];
}

/**
 * Runs a program inside the seat, with `input` (a file descriptor) as its standard input. It ends with the seat.
 *
 * @throws with its own words when it fails.
 */
export async function runInside(init: ProcessId, command: readonly string[], input?: number): Promise<string> {
  const namespaces = openNamespaces(init);
  return await new Promise<string>((resolve, reject) => {
    const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/", LANG: "C.UTF-8" };
    const [program, ...args] = enter(namespaces, command);
    const child = spawn(program!, args, { stdio: [input ?? "ignore", "pipe", "pipe"], env });
    let [output, errors] = ["", ""];
    child.stdout!.setEncoding("utf8").on("data", (part) => (output += part));
    child.stderr!.setEncoding("utf8").on("data", (part) => (errors += part));
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${command.join(" ")}: ${errors.trim() || `exit code ${code}`}`)),
    );
  }).finally(namespaces.close);
}
