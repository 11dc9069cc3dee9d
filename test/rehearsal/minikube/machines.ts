import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { createServer } from "node:net";
import * as path from "node:path";
import { identify, isAlive, type ProcessId } from "../../../embedded/node/processes";
import * as seats from "../../../embedded/node/seat";

/** What the stand-in keeps of a profile: minikube's own config of it as far as it is read, and what stands behind. */
export interface Kept {
  Name: string;
  Config: {
    Name: string;
    Driver: string;
    CPUs: number;
    Memory: number;
    ExposedPorts: string[];
    KubernetesConfig: { KubernetesVersion: string; APIServerNames: string[] };
  };
  standIn: { generation: string; workers?: string[]; apiPort?: number; forwarder?: ProcessId };
}

/** The folder of all that the stand-in keeps, and of what it was asked. */
export function home(): string {
  const folder = process.env.STAND_IN_HOME;
  if (!folder) throw new Error("STAND_IN_HOME is not set");
  return folder;
}

const networkOf = (profile: string) => path.join(home(), "networks", profile);
const fileOf = (profile: string) => path.join(home(), "profiles", `${profile}.json`);
export const seatOf = (profile: string) => path.join(home(), "seats", profile);

export function profiles(): Kept[] {
  const folder = path.join(home(), "profiles");
  const files = fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
  return files.map((file) => JSON.parse(fs.readFileSync(path.join(folder, file), "utf8")) as Kept);
}

export function keep(profile: Kept): void {
  fs.mkdirSync(path.dirname(fileOf(profile.Name)), { recursive: true });
  fs.writeFileSync(fileOf(profile.Name), JSON.stringify(profile));
}

/** Running, Stopped or Nonexistent. */
export async function hostOf(profile: Kept): Promise<string> {
  const { state } = await seats.seatStatus(seatOf(profile.Name));
  return {
    running: "Running",
    stopped: "Stopped",
    absent: "Nonexistent",
    creating: "Starting",
    dead: "Nonexistent",
    unknown: "Error",
  }[state];
}

/** The machine, running: an embedded seat, and what forwards the published ports to it. Its API gets another port each time, as Docker's would. */
export async function run(profile: Kept): Promise<void> {
  const { generation } = profile.standIn;
  const seat = await seats.createSeat({
    name: profile.Name,
    folder: seatOf(profile.Name),
    generation,
    addressRange: rangeOf(seatOf(profile.Name)),
  });
  if (isAlive(profile.standIn.forwarder)) return;
  if (profile.Config.ExposedPorts.length > 0) {
    const apiPort = await freePort();
    const rules = profile.Config.ExposedPorts.map((rule) => rule.split(":")).map(
      ([, from, to]) => `${from}:${seat.address}:${to}`,
    );
    const child = spawn(
      process.execPath,
      [path.join(__dirname, "forward.cjs"), `${apiPort}:${seat.address}:6443`, ...rules],
      { detached: true, stdio: "ignore" },
    );
    child.unref();
    profile.standIn = { ...profile.standIn, apiPort, forwarder: identify(child.pid!) };
  }
  keep(profile);
}

/** What the stand-in for docker has as a network: a file with its id. A network that is there is taken up. */
export function makeNetwork(profile: Kept): void {
  if (fs.existsSync(networkOf(profile.Name))) return;
  fs.mkdirSync(path.dirname(networkOf(profile.Name)), { recursive: true });
  fs.writeFileSync(networkOf(profile.Name), randomBytes(6).toString("hex"));
}

/** One of its own, far above the lowest free one: a stopped seat's is anybody's to take. */
function rangeOf(folder: string): string {
  const hash = createHash("sha256").update(folder).digest();
  return `10.231.${128 + (hash[0]! % 128)}.${(hash[1]! % 64) * 4}/30`;
}

export async function stop(profile: Kept): Promise<void> {
  await seats.stopSeat(seatOf(profile.Name));
  endForwarder(profile);
  keep(profile);
}

export async function remove(profile: Kept): Promise<void> {
  endForwarder(profile);
  await seats.deleteSeat(seatOf(profile.Name));
  // minikube asks for it once, while a second node is still in it.
  if ((profile.standIn.workers ?? []).length === 0) fs.rmSync(networkOf(profile.Name), { force: true });
  fs.rmSync(fileOf(profile.Name), { force: true });
}

export async function addressOf(profile: Kept): Promise<string> {
  return (await seats.seatStatus(seatOf(profile.Name))).seat!.address;
}

/** Where the API is reached from this machine. */
export async function serverOf(profile: Kept): Promise<string> {
  return profile.standIn.apiPort === undefined
    ? `https://${await addressOf(profile)}:6443`
    : `https://127.0.0.1:${profile.standIn.apiPort}`;
}

export async function credentialsOf(profile: Kept): Promise<string> {
  return fs.readFileSync((await seats.seatStatus(seatOf(profile.Name))).seat!.kubeconfig, "utf8");
}

function endForwarder({ standIn }: Kept): void {
  if (standIn.forwarder !== undefined && isAlive(standIn.forwarder)) process.kill(standIn.forwarder.pid, "SIGKILL");
  delete standIn.forwarder;
  delete standIn.apiPort;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
      .once("error", reject)
      .listen(0, "127.0.0.1", () => {
        const { port } = server.address() as { port: number };
        server.close(() => resolve(port));
      });
  });
}
