import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { isSeatName } from "../../../base/names";
import { runSteps, type Stage } from "../../terminal/progress";
import { embeddedStages } from "../stages";
import {
  createSeat,
  deleteSeat,
  enter,
  findSeatProcesses,
  knownAddons,
  layout,
  openNamespaces,
  printSeats,
  printStatus,
  readRecord,
  sameStoreStep,
  type SeatRecord,
  startSeat,
  stopSeat,
} from "../../../embedded";
import { SeatError } from "../../../base/seat-error";
import { quote } from "../../../base/quote";
import { seatFolder, seatsFolder } from "../../../base/paths";
import type { ReportProgress } from "../../../base/step";

// The verbs of commands.ts.

export const build = () => runSteps([...embeddedStages(), ...storesOfSeats()]);
export const list = () => printSeats(seatNames());
export const stop = (seat: string) => stopSeat(seatFolder(seat), print);
export const status = (seat: string) => printStatus(seat);
export const remove = (seat: string) => deleteSeat(seatFolder(seat), print);

export async function start(seat: string): Promise<void> {
  const folder = seatFolder(seat);
  const known = readRecord(layout(folder).record)?.made;
  const { address, kubeconfig } = known
    ? await startSeat(folder, print)
    : await createSeat({ name: seat, folder, generation: randomUUID() }, print);
  process.stdout.write(`The seat "${seat}" runs at ${address}. export KUBECONFIG=${quote(kubeconfig)}\n`);
}

/**
 * Opens a shell in the seat's namespaces: it sees the seat's processes, mounts and network, and `kubectl` and `ctr`
 * work.
 */
export async function shell(seat: string, command: string[]): Promise<void> {
  const at = layout(seatFolder(seat));
  const [init] = findSeatProcesses(at.folder).init;
  if (init === undefined)
    throw new SeatError(`The seat "${seat}" does not run. \`npm run embedded -- start --seat ${seat}\` starts it.`);
  const env = {
    TERM: process.env.TERM ?? "dumb",
    HOME: "/",
    LANG: "C.UTF-8",
    PATH: `${at.bin}:/usr/sbin:/usr/bin:/sbin:/bin`,
    KUBECONFIG: at.kubeconfig,
    CONTAINERD_NAMESPACE: "k8s.io",
    PS1: `${seat}# `,
  };
  const namespaces = openNamespaces(init);
  const [program, ...args] = enter(namespaces, command.length > 0 ? command : ["/bin/sh", "-i"]);
  const child = spawn(program!, args, { stdio: "inherit", env });
  process.exitCode = await new Promise<number>((resolve, reject) =>
    child.once("error", reject).once("close", (code) => resolve(code ?? 1)),
  ).finally(namespaces.close);
}

/**
 * Recreates missing image stores of this checkout's seats. A store has the images of the addons with which its seat
 * was made.
 */
function storesOfSeats(): Stage[] {
  const gone = seatNames().flatMap((seat) => {
    const { images, addons } = recordIfAny(seat) ?? {};
    return images !== undefined && addons !== undefined && !fs.existsSync(images)
      ? [sameStoreStep(path.basename(images), knownAddons(addons))]
      : [];
  });
  return gone.length > 0 ? [[gone]] : [];
}

/** Ignores an unreadable record. Commands that work on that seat report it. */
function recordIfAny(seat: string): SeatRecord | undefined {
  try {
    return readRecord(layout(seatFolder(seat)).record);
  } catch {
    return undefined;
  }
}

function seatNames(): string[] {
  const folder = seatsFolder();
  return fs.existsSync(folder) ? fs.readdirSync(folder).filter(isSeatName).sort() : [];
}

const print: ReportProgress = (done, total, note) =>
  void process.stdout.write(`${total > 0 ? `[${done}/${total}] ` : ""}${note ?? ""}\n`);
