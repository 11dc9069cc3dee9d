import * as fs from "node:fs";
import * as path from "node:path";
import { Checkout } from "../checkout";

/** Removes the shared seat of a run that has ended, and the folder. */
export async function removeShared(folder: string): Promise<void> {
  for (const name of fs.readdirSync(folder).filter((name) => name.startsWith("checkout-"))) await removeCheckout(path.join(folder, name));
  fs.rmSync(folder, { recursive: true });
}

/** Removes a checkout with its seat. What still works there is ended first: it is known by its working folder, which nobody else has. */
export async function removeCheckout(root: string): Promise<void> {
  for (const pid of workingIn(root)) end(pid);
  await Checkout.at(root).remove();
}

function workingIn(root: string): number[] {
  const numbers = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return numbers.map(Number).filter((pid) => folderOf(pid) === root && isHere(pid));
}

function folderOf(pid: number): string | undefined {
  try {
    return fs.readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined; // it has just ended
  }
}

/** A seat's own processes are in other namespaces: they go with the seat. */
function isHere(pid: number): boolean {
  return fs.readlinkSync(`/proc/${pid}/ns/pid`) === fs.readlinkSync("/proc/self/ns/pid");
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
