// Who works with a checkout's packages. Plain JavaScript without dependencies: see run.mjs.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { basename, resolve } from "node:path";

/** Pulumi's engine, and what it starts: each of them may load a package at any time. orphans.ts has the same list. */
const ENGINE = /pulumi-language-nodejs|pulumi-resource-|@pulumi\/pulumi\/cmd\/|embedded\/provider\//;

/** A command that is younger, in milliseconds, may be about to wait for the lock: it is asked again. */
const YOUNG_MS = 1000;

/**
 * The processes that work with the packages in `root`, each as a message names it. They are commands of this checkout, and engines that one of them has started.
 * @param lock a command that has this file open installs packages, or waits for it; it works with none
 */
export function usersOf(root, lock) {
  // Without /proc nobody tells where a process works: what names the checkout is found.
  if (!existsSync("/proc/self/cmdline")) return listed(root);
  for (;;) {
    const users = readdirSync("/proc").flatMap((entry) =>
      /^\d+$/.test(entry) && Number(entry) !== process.pid ? userOf(Number(entry), root, lock) : [],
    );
    if (!users.some(({ ageMs }) => ageMs < YOUNG_MS)) return users.map(({ pid, words }) => shown(pid, words.join(" ")));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
}

/** None as well where the process is another user's, or has ended meanwhile. */
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

/** Whether a process is this user's or root's own, and in no container. Anybody can start one with an engine's words and variables, which would refuse every install. */
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

/** By field 22 of /proc/PID/stat (proc(5)), in hundredths of a second since the machine's start. */
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

/** Without what a terminal obeys, and of one line. */
function shown(pid, command) {
  const text = command.replace(/[\p{C}\u2028\u2029]+/gu, " ");
  return `process ${pid} (${text.length > 120 ? `${text.slice(0, 120)}…` : text})`;
}
