import * as fs from "node:fs";
import * as path from "node:path";
import { quote } from "../../../base/quote";
import { projectRoot } from "../../../base/paths";
import { Checkout } from "../checkout";
import { notedCheckouts } from "../made-checkouts";

/**
 * Removes what an ended run left: the shared seat, the checkouts that its tests did not remove, and the folder.
 * Prints what could not be removed, and the command for it.
 */
export async function removeShared(
  folder: string,
  remove: (root: string) => Promise<void> = removeCheckout,
): Promise<void> {
  const shared = fs
    .readdirSync(folder)
    .filter((name) => name.startsWith("checkout-"))
    .map((name) => path.join(folder, name));
  const left: string[] = [];
  for (const root of [...shared, ...notedCheckouts(folder)])
    await remove(root).catch((error: Error) => left.push(leftText(root, error)));
  if (left.length === 0) return fs.rmSync(folder, { recursive: true });
  process.stderr.write(`${["The tests have left behind:", ...left].join("\n")}\n`);
  process.exitCode = 1;
}

function leftText(root: string, { message }: Error): string {
  const names = seatFolders(root).map((folder) => path.basename(folder));
  const of = isCheckout(root) ? "" : `ISTIO_LAB_HOME=${quote(path.join(root, ".lab"))} `;
  const commands = [
    `cd ${quote(isCheckout(root) ? root : projectRoot)}`,
    ...names.map((name) => `${of}npm run embedded -- delete --seat ${quote(name)}`),
    `rm -r ${quote(root)}`,
  ];
  return `- ${root}: ${message}\n  ${commands.join(" && ")}`;
}

function isCheckout(root: string): boolean {
  return fs.existsSync(path.join(root, "package.json"));
}

function seatFolders(root: string): string[] {
  const folder = path.join(root, ".lab", "seats");
  return fs.existsSync(folder) ? fs.readdirSync(folder).map((name) => path.join(folder, name)) : [];
}

/**
 * Removes a checkout, or a folder for seats alone, with its seats. First it ends the processes that still run there.
 * They are known by their working folder, which no other process has.
 */
export async function removeCheckout(root: string): Promise<void> {
  for (const pid of workingIn(root)) end(pid);
  if (isCheckout(root)) return Checkout.at(root).remove();
  for (const folder of seatFolders(root)) {
    // Loaded only here, because it starts a TypeScript loader of its own.
    const { seats } = require("../seats") as typeof import("../seats");
    await seats().deleteSeat(folder);
  }
  fs.rmSync(root, { recursive: true });
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

/** Excludes a seat's own processes: they are in other namespaces and end with the seat. */
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
