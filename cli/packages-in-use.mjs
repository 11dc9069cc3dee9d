// Finds the processes that use a checkout's packages. Plain JavaScript without dependencies: see run.mjs.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { basename, resolve } from "node:path";

/**
 * Pulumi's engine and the programs that it starts. Each may load a package at any time. orphans.ts has the same list.
 */
const ENGINE = /pulumi-language-nodejs|pulumi-resource-|@pulumi\/pulumi\/cmd\/|embedded\/provider\//;

/** Milliseconds. A younger command may be about to wait for the lock, so it is checked again. */
const YOUNG_MS = 3000;

/**
 * The processes that use the packages in `root`, described for a message. These are commands of this checkout and the
 * engines that they have started.
 * @param lock a command that has this file open is installing packages or waiting to, so it does not use them
 */
export function usersOf(root, lock) {
  // Without /proc a process's folder is unknown. Commands that name the checkout are taken instead.
  if (!existsSync("/proc/self/cmdline")) return listed(root);
  for (;;) {
    const users = readdirSync("/proc").flatMap((entry) =>
      /^\d+$/.test(entry) && Number(entry) !== process.pid ? userOf(Number(entry), root, lock) : [],
    );
    if (!users.some(({ ageMs }) => ageMs < YOUNG_MS)) return users.map(({ pid, words }) => shown(pid, words.join(" ")));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
}

/** Empty also for a process that belongs to another user or has ended meanwhile. */
function userOf(pid, root, lock) {
  try {
    if (!isTrusted(pid)) return [];
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
    const isCommand =
      /^node/.test(basename(words[0] ?? "")) &&
      words.slice(1, 4).some((word) => basename(word) === "run.mjs" && isRun(pid, word, root)) &&
      !hasOpen(pid, lock);
    const isEngine =
      (basename(words[0] ?? "") === "pulumi" || ENGINE.test(words.join(" "))) &&
      readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`ISTIO_LAB_RUN=${root}`);
    return isCommand || isEngine ? [{ pid, words, ageMs: isCommand ? ageOf(pid) : Infinity }] : [];
  } catch (error) {
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(error.code)) return [];
    return [{ pid, words: [`cannot be asked: ${error.message}`], ageMs: Infinity }];
  }
}

/**
 * Whether a process belongs to this user or root and is in no container. Anybody can start a process with an engine's
 * words and variables, which would block every install.
 */
function isTrusted(pid) {
  const [own, its] = ["self", pid].map((process) => readFileSync(`/proc/${process}/status`, "utf8"));
  const users = field(its, "Uid");
  return (
    [process.geteuid(), 0].some((user) => users.every((id) => Number(id) === user)) &&
    field(its, "NSpid").length === field(own, "NSpid").length
  );
}

function field(status, name) {
  return new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[1].split(/\s+/) ?? [];
}

function isRun(pid, word, root) {
  return realpathSync(resolve(readlinkSync(`/proc/${pid}/cwd`), word)) === resolve(root, "cli", "run.mjs");
}

function hasOpen(pid, file) {
  const path = realpathSync(file);
  return readdirSync(`/proc/${pid}/fd`).some((descriptor) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${descriptor}`) === path;
    } catch {
      return false; // closed meanwhile
    }
  });
}

/**
 * Age in milliseconds. Field 22 of /proc/PID/stat (proc(5)) is the start time, in hundredths of a second since boot.
 */
function ageOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const start = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  return Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1000 - start * 10;
}

function listed(root) {
  const { stdout = "" } = spawnSync("ps", ["-axww", "-o", "pid=,command="], { encoding: "utf8" });
  return stdout.split("\n").flatMap((line) => {
    const [, pid, command] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid !== undefined &&
      Number(pid) !== process.pid &&
      command.includes(`${root}/`) &&
      (ENGINE.test(command) || command.includes("cli/run.mjs"))
      ? [shown(pid, command)]
      : [];
  });
}

/** One line without control characters, which a terminal would obey. */
function shown(pid, command) {
  const text = command.replace(/[\p{C}\u2028\u2029]+/gu, " ");
  return `process ${pid} (${text.length > 120 ? `${text.slice(0, 120)}…` : text})`;
}
