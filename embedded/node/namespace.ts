import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isThere } from "../../base/files";
import { endsOf } from "./address";
import { openNamespaces } from "./enter";
import { SeatError } from "../../base/seat-error";
import { layout, linkName, type Layout } from "./layout";
import { commandNameOf, findSeatProcesses, identify, isAlive, isListed, SEAT_MARK, type ProcessId } from "./processes";
import { run } from "./run";

/** The longest wait for the namespaces, their network or the supervisor, in milliseconds. */
const PATIENCE = 10_000;
/** How long the maker has to end by itself, in milliseconds. */
const MAKER_PATIENCE = 300;
/** How long the machine's first process may take to reap ended children, in milliseconds. Some never do. */
const REAP_PATIENCE = 1000;

/**
 * The makers that this process has started, by their seat's folder. A maker belongs to the seat even before it has
 * joined the seat's cgroups.
 */
const started = new Map<string, ProcessId>();

/**
 * Starts the first process of the seat in `folder`, connects its network to the host, and waits until its supervisor
 * runs. The seat does not depend on the caller: it has no terminal, no pipe, and a session of its own.
 */
export async function startNamespace(folder: string, addressRange: string): Promise<ProcessId> {
  const at = layout(folder);
  await bootDetached(at);
  const init = await waitFor(at, () => findSeatProcesses(at.folder).init[0]);
  await connect(folder, init, addressRange);
  await waitFor(at, () => isSupervising(at, init) || undefined);
  return init;
}

/** Ends everything of the seat in `folder`: kills its first process and waits until the kernel has cleaned up. */
export async function killNamespace(folder: string): Promise<void> {
  const { folder: mark } = layout(folder);
  const ended = new Map<number, ProcessId>();
  for (const begun = Date.now(); ; await sleep(10)) {
    const { init, makers: found } = findSeatProcesses(mark);
    const makers = [...found, ...startedHere(mark).filter(({ pid }) => !found.some((maker) => maker.pid === pid))];
    if (init.length + makers.length === 0) break;
    if (Date.now() - begun > PATIENCE)
      throw new SeatError(`The seat's processes ${[...init, ...makers].map((id) => id.pid).join(", ")} do not end.`);
    // The maker ends when it sees the end of the first process. A maker that continues has not made the namespaces
    // yet.
    const victims = Date.now() - begun < MAKER_PATIENCE ? init : [...init, ...makers];
    for (const id of victims) kill(id);
    for (const id of [...init, ...makers]) ended.set(id.pid, id);
  }
  await disconnect(folder);
  await reaped([...ended.values()]);
}

function startedHere(mark: string): ProcessId[] {
  const maker = started.get(mark);
  return maker !== undefined && isAlive(maker) ? [maker] : [];
}

/** Waits until the machine's own first process has reaped the seat's processes. Until then `ps` shows them. */
async function reaped(ids: readonly ProcessId[]): Promise<void> {
  for (const begun = Date.now(); Date.now() - begun < REAP_PATIENCE; await sleep(10)) {
    if (!ids.some(isListed)) return;
  }
}

async function bootDetached(at: Layout): Promise<void> {
  fs.mkdirSync(path.join(at.logs, "seat"), { recursive: true });
  // A process in the seat may have put a link there.
  const log = fs.openSync(
    path.join(at.logs, "seat", "current"),
    fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_APPEND | fs.constants.O_NOFOLLOW,
    0o644,
  );
  try {
    const child = spawn("/bin/sh", ["-e", at.boot], {
      cwd: "/",
      detached: true, // a session of its own: no Ctrl-C, no hang-up
      stdio: ["ignore", log, log],
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", [SEAT_MARK]: at.folder },
    });
    await new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
    const maker = child.pid === undefined ? undefined : identify(child.pid);
    if (maker !== undefined) started.set(at.folder, maker);
    child.unref();
  } finally {
    fs.closeSync(log);
  }
}

/**
 * Creates a pair of network devices: one end on the host, one in the seat. The kernel removes both with the seat's
 * namespace.
 */
async function connect(folder: string, init: ProcessId, addressRange: string): Promise<void> {
  const link = linkName(folder);
  await disconnect(folder);
  const { net, close } = openNamespaces(init);
  await run("ip", ["link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", net]).finally(close);
  await run("ip", ["address", "add", `${endsOf(addressRange).host}/30`, "dev", link]);
  await run("ip", ["link", "set", link, "up"]);
}

async function disconnect(folder: string): Promise<void> {
  const link = linkName(folder);
  if (!hasLink(folder)) return;
  // The kernel may be about to delete the link itself.
  await run("ip", ["link", "delete", link]).catch((error: Error) => {
    if (hasLink(folder)) throw error;
  });
}

/** Whether the host's end of the seat's network exists. */
export function hasLink(folder: string): boolean {
  return isThere(`/sys/class/net/${linkName(folder)}`);
}

function isSupervising(at: Layout, init: ProcessId): boolean {
  if (!isAlive(init)) throw new SeatError(`The seat's first process has ended.${lastWords(at)}`);
  return commandNameOf(init.pid) === "s6-svscan";
}

async function waitFor<T>(at: Layout, find: () => T | undefined): Promise<T> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const found = find();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new SeatError(`The seat's namespaces could not be made.${lastWords(at)}`);
    await sleep(10);
  }
}

function lastWords(at: Layout): string {
  const text = fs
    .readFileSync(path.join(at.logs, "seat", "current"), "utf8")
    .trim()
    .split("\n")
    .slice(-5)
    .join("\n");
  return text ? ` It said:\n${text}` : "";
}

function kill(id: ProcessId): void {
  if (!isAlive(id)) return;
  try {
    process.kill(id.pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
