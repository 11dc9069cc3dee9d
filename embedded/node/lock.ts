import * as net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { SeatError } from "./errors";

/** How often a busy lock is tried again, in milliseconds. */
const RETRY = 100;

/**
 * Runs `work` while no other process of this machine runs with the same lock `name`.
 *
 * The lock is an abstract Unix socket (unix(7)): the kernel gives it to one process, and takes it back when that
 * process ends, however it ends. So there is no stale lock to break, and no file that stays. Whoever connects is told
 * the holder's process number.
 *
 * @param onWait is told once who holds the lock, when it has to be waited for.
 * @param timeout in milliseconds; @default 5 minutes
 * @throws when the lock is still held after `timeout`.
 */
export async function withLock<T>(
  name: string,
  onWait: (holder: string) => void,
  work: () => Promise<T>,
  timeout = 300_000,
): Promise<T> {
  const deadline = Date.now() + timeout;
  let server: net.Server | undefined;
  let told = false;
  while (!(server = await tryLock(name))) {
    const holder = await holderOf(name);
    if (holder && !told) onWait(holder);
    told ||= holder !== undefined;
    if (Date.now() > deadline) throw new SeatError(`${holder ?? "Another process"} has been holding "${name}" for too long.`);
    await sleep(RETRY);
  }
  try {
    return await work();
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

function tryLock(name: string): Promise<net.Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = net.createServer((caller) => {
      caller.on("error", () => {}); // a caller that went away
      caller.end(`process ${process.pid} (${process.argv.slice(1, 4).join(" ")})`);
    });
    server.once("error", (error: NodeJS.ErrnoException) => (error.code === "EADDRINUSE" ? resolve(undefined) : reject(error)));
    server.listen(socketName(name), () => resolve(server));
  });
}

function holderOf(name: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = "";
    const socket = net.connect(socketName(name));
    socket.setEncoding("utf8").setTimeout(1000, () => socket.destroy());
    socket.on("data", (part) => (text += part));
    socket.on("error", () => {}); // it was given back meanwhile
    socket.on("close", () => resolve(text || undefined));
  });
}

/** Filled up to the kernel's 108 bytes: some Node versions do so themselves, others do not, and both must meet. */
function socketName(name: string): string {
  return `\0istio-lab:${name}`.padEnd(108, "\0").slice(0, 108);
}
