import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { hierarchies } from "../../embedded/node/cgroups";
import { cgroupName } from "../../embedded/node/layout";

export const NOBODY = 65534;

/** Processes that a test started; they end with the test. */
const started: ChildProcess[] = [];
const folders: string[] = [];
const groups = new Set<string>();

/** Ends the processes that the functions below started, and removes their files. */
export async function endStrangers(): Promise<void> {
  for (const child of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true });
  // A process leaves its control group shortly after its end is visible elsewhere.
  for (const group of [...groups].sort((one, other) => other.length - one.length))
    for (let tries = 0; fs.existsSync(group) && tries < 100; tries++)
      if (!removed(group)) await new Promise((wait) => setTimeout(wait, 20));
  const left = [...groups].filter((group) => fs.existsSync(group));
  groups.clear();
  if (left.length > 0) throw new Error(`Left on the machine: ${left.join(", ")}`);
}

function removed(group: string): boolean {
  try {
    fs.rmdirSync(group);
    return true;
  } catch {
    return false;
  }
}

/** Creates a folder that every user may enter. */
export function publicFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-strangers-"));
  fs.chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}

/** Starts a process and waits until it prints `ready`. After that it becomes what the test needs. */
export async function ready(
  command: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; uid?: number; detached?: boolean } = {},
): Promise<ChildProcess> {
  const { uid, ...rest } = options;
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "ignore"],
    cwd: "/",
    ...rest,
    ...(uid !== undefined && { uid, gid: uid }),
  });
  started.push(child);
  await Promise.race([
    once(child.stdout!, "data"),
    once(child, "exit").then(() => Promise.reject(new Error(`${command} has ended`))),
  ]);
  return child;
}

/** Starts a process with these variables and any name, as this user or another one. */
export function sleeper(
  env: NodeJS.ProcessEnv,
  { name = "sleep", uid, words = "" }: { name?: string; uid?: number; words?: string } = {},
): Promise<ChildProcess> {
  // The shell keeps that name and those arguments until it is killed.
  return ready("bash", ["-c", `exec -a '${name}' bash -c 'echo ready; read -t 60 <> <(:)' ${words}`], {
    env: { PATH: process.env.PATH, ...env },
    uid,
  });
}

/**
 * Starts another user's root in his own namespaces, with `s6-svscan` as the first process. His own `ctr` notes the
 * user who ran it.
 * @returns the number of that process, and the file of the note
 */
export async function strangersSeat(env: NodeJS.ProcessEnv): Promise<{ pid: number; note: string }> {
  const folder = publicFolder();
  const note = path.join(folder, "note");
  fs.mkdirSync(path.join(folder, "sbin"));
  fs.writeFileSync(
    path.join(folder, "sbin", "ctr"),
    `#!/bin/sh\necho "user $(id -u), map $(cat /proc/self/uid_map)" > ${note}\n`,
    { mode: 0o755 },
  );
  // Another process copies the program. A child of another thread could inherit our open file, and a file that is
  // open for writing cannot be started (ETXTBSY).
  execFileSync("cp", ["/bin/sleep", path.join(folder, "s6-svscan")]);
  const script = `mount --bind ${folder}/sbin /usr/sbin; echo ready; exec ${folder}/s6-svscan 60`;
  const outer = await ready("unshare", ["-Urpmf", "--kill-child", "sh", "-c", script], {
    env: { PATH: "/usr/bin:/bin", ...env },
    uid: NOBODY,
  });
  const pid = await found(
    () => Number(fs.readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, "utf8").trim()) || undefined,
  );
  await found(() => fs.readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "s6-svscan" || undefined);
  return { pid, note };
}

/**
 * Starts a process like a pod's: root's, with its own PID namespace and host name. With this machine's host name it
 * would hold a lock of other tests. @returns its number here
 */
export async function contained(
  env: NodeJS.ProcessEnv,
  name: string,
  words = "",
  unshare: readonly string[] = ["--uts"],
): Promise<number> {
  const script = `exec -a '${name}' bash -c 'echo ready; read -t 60 <> <(:)' ${words}`;
  const outer = await ready("unshare", ["-pf", "--kill-child", ...unshare, "bash", "-c", script], {
    env: { PATH: process.env.PATH, ...env },
  });
  return found(
    () => Number(fs.readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, "utf8").trim()) || undefined,
  );
}

/** Creates a part of a seat's control group in every hierarchy, like for a real seat. */
export function makeGroup(folder: string, part: string): void {
  for (const root of hierarchies()) {
    let group = path.join(root, cgroupName(folder));
    for (const name of ["", ...part.split("/")]) {
      group = path.join(group, name);
      fs.mkdirSync(group, { recursive: true });
      groups.add(group);
      for (const file of ["cpuset.cpus", "cpuset.mems"].map((name) => path.join(group, name))) {
        if (
          fs.existsSync(file) &&
          fs.readFileSync(file, "utf8").trim() === "" &&
          !fs.existsSync(path.join(root, "cgroup.controllers"))
        )
          fs.writeFileSync(file, fs.readFileSync(path.join(path.dirname(group), path.basename(file))));
      }
    }
  }
}

export function join(folder: string, part: string, pid: number): void {
  for (const root of hierarchies())
    fs.writeFileSync(path.join(root, cgroupName(folder), part, "cgroup.procs"), String(pid));
}

/** Starts a process like a seat's first one: root's, and the first of its own PID namespace. */
export async function firstProcess(
  env: NodeJS.ProcessEnv,
  unshare: readonly string[] = [],
): Promise<{ maker: number; init: number }> {
  const child = await ready("unshare", ["-pf", "--kill-child", ...unshare, "sh", "-c", "echo ready; exec sleep 60"], {
    env: { PATH: "/usr/bin:/bin", ...env },
  });
  const init = await found(
    () => Number(fs.readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim()) || undefined,
  );
  return { maker: child.pid!, init };
}

async function found<T>(look: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 200; tries++) {
    const value = look();
    if (value !== undefined) return value;
    await new Promise((wait) => setTimeout(wait, 10));
  }
  throw new Error("It did not come within 2 s.");
}
