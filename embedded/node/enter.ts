import { spawn } from "node:child_process";
import { CONFINE } from "./capabilities";
import type { ProcessId } from "./processes";

/**
 * The `nsenter` arguments that lead into a seat: its mounts, network, processes, host name, cgroups. A program follows. It can do no more than the seat's own:
 * a pod that sees the seat's processes could make it do what it likes.
 */
export function enter(init: ProcessId): string[] {
  return ["--target", String(init.pid), "--mount", "--net", "--ipc", "--uts", "--pid", "--cgroup", "--", ...CONFINE];
}

/**
 * Runs a program inside the seat, with `input` (a file descriptor) as its standard input. It ends with the seat.
 *
 * @throws with its own words when it fails.
 */
export function runInside(init: ProcessId, command: readonly string[], input?: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/", LANG: "C.UTF-8" };
    const child = spawn("nsenter", [...enter(init), ...command], { stdio: [input ?? "ignore", "pipe", "pipe"], env });
    let [output, errors] = ["", ""];
    child.stdout!.setEncoding("utf8").on("data", (part) => (output += part));
    child.stderr!.setEncoding("utf8").on("data", (part) => (errors += part));
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve(output) : reject(new Error(`${command.join(" ")}: ${errors.trim() || `exit code ${code}`}`))));
  });
}
