import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { CONFINE } from "./confinement";
import { SeatError } from "../../base/seat-error";
import { isAlive, isOfSeat, type ProcessId } from "./processes";

/** An absolute path, because `spawn` looks a name up in the command's PATH, which begins with a folder of the seat. */
const NSENTER = "/usr/bin/nsenter";

/** The namespaces of a seat, as paths of open files. They lead to this seat until they are closed. */
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
 * Opens the namespaces of a seat's first process, and then checks whose they are. In this order, no other process can
 * take over its PID in between. This process holds the descriptors, so the paths are valid for its children too. No
 * descriptor is inherited into the seat.
 *
 * @throws SeatError if the process has ended, or does not belong to a seat. A program in a foreign process's
 *   namespaces would run as root of this machine.
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
          ? `Process ${init.pid} is not entered, because it is not a process of root's in a seat's control group.`
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
 * The command line that runs `command` in a seat: in its mounts, network, processes, host name and cgroups. It drops
 * the capabilities that root lacks in a seat before it enters. Otherwise a pod that sees the seat's processes could
 * take over a process that still has them.
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
 * Runs a program inside the seat, with `input` (a file descriptor) as its standard input. The program ends with the
 * seat.
 *
 * @throws with the program's own error output when it fails.
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
