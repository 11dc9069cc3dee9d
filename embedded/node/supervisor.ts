import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SeatError } from "../../base/seat-error";
import type { Layout } from "./layout";
import { belongsTo } from "../../base/process-owner";
import { age, commandOf, ownProcesses } from "./processes";
import { run } from "./run";

/** The state of a service. */
export interface ServiceStatus {
  name: string;
  up: boolean;
  /** Its process, by the host's PID. Undefined while it is down. */
  pid?: number;
  /** When that process began, ISO 8601. */
  since?: string;
}

/** Starts a service. From then on, the supervisor restarts it whenever it ends. */
export async function startService(layout: Layout, name: string): Promise<void> {
  const folder = path.join(layout.services, name);
  fs.rmSync(path.join(folder, "down"), { force: true });
  for (let tries = 0; ; tries++) {
    try {
      return void (await run("s6-svc", ["-u", folder]));
    } catch (error) {
      // The supervisor starts one helper per service. The helper of this service may not listen yet.
      if (tries === 100) throw new SeatError(`The service ${name} cannot be started: ${(error as Error).message}`);
      await sleep(20);
    }
  }
}

/** Stops a service and waits for its end. Kills it after `patience` milliseconds. */
export async function stopService(layout: Layout, name: string, patience: number): Promise<void> {
  const folder = path.join(layout.services, name);
  await run("s6-svc", ["-wd", "-T", String(patience), "-d", folder]).catch(() =>
    run("s6-svc", ["-k", folder]).catch(() => {}),
  );
}

/**
 * The state of every service. A service is up while its `s6-supervise` has a child. Reads only /proc, because this
 * has to be quick.
 */
export function serviceStatus(layout: Layout): ServiceStatus[] {
  const processes = ownProcesses(layout.folder).map((process) => ({
    ...process,
    command: commandOf(process.pid).join(" "),
  }));
  return fs
    .readdirSync(layout.services)
    .filter((name) => !name.startsWith("."))
    .sort()
    .map((name) => {
      const supervisor = processes.find(({ command, pid }) => command === `s6-supervise ${name}` && belongsTo(0, pid));
      const service = processes.find(({ parent }) => parent === supervisor?.pid);
      if (!service || !belongsTo(0, service.pid)) return { name, up: false };
      return { name, up: true, pid: service.pid, since: new Date(Date.now() - age(service) * 1000).toISOString() };
    });
}
