import * as fs from "node:fs";
import type { Checkout, Ended } from "./checkout";

/**
 * Starts `npm run <command>` and waits until `reached` says that the phase has begun. Then it kills processes with -9
 * and returns what was printed. `all` kills every process of the command at once, like a power cut. `engine` kills
 * only the engine, like the OOM killer.
 */
export async function killWhen(
  checkout: Checkout,
  command: string[],
  reached: (printed: string) => boolean,
  victims: "all" | "engine" = "all",
): Promise<Ended> {
  const run = checkout.start(...command);
  let printed = "";
  run.all!.on("data", (chunk: Buffer | string) => (printed += chunk.toString()));
  const killed = await new Promise<boolean>((resolve) => {
    const poll = setInterval(() => {
      if (!reached(printed)) return;
      clearInterval(poll);
      resolve(killTree(run.pid!, victims));
    }, 20);
    void run.finally(() => {
      clearInterval(poll);
      resolve(false);
    });
  });
  const ended = await run;
  if (!killed)
    throw new Error(
      `npm run ${command.join(" ")} ended with ${ended.exitCode} before the phase to be killed in came:\n${printed}`,
    );
  return { exitCode: ended.exitCode ?? 137, all: printed, stdout: ended.stdout };
}

/**
 * Kills the command and everything it started; returns false where nothing was left to kill. A seat's own processes
 * survive, because they have left the command's process tree.
 */
function killTree(root: number, victims: "all" | "engine"): boolean {
  const tree = [root];
  for (let i = 0; i < tree.length; i += 1) tree.push(...children(tree[i]!));
  const chosen = tree.filter((pid) => victims === "all" || nameOf(pid) === "pulumi");
  for (const pid of chosen) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
  return chosen.length > 0;
}

function children(pid: number): number[] {
  return fs
    .readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((candidate) => parentOf(candidate) === pid && !isSeat(candidate));
}

function nameOf(pid: number): string | undefined {
  try {
    return fs.readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return undefined;
  }
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}

/** Only a seat's first process has a separate PID namespace for its children. */
function isSeat(pid: number): boolean {
  try {
    return fs.readlinkSync(`/proc/${pid}/ns/pid`) !== fs.readlinkSync("/proc/self/ns/pid");
  } catch {
    return false;
  }
}
