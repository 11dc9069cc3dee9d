import * as fs from "node:fs";
import type { Checkout, Ended } from "./checkout";

/**
 * Starts `npm run <command>`, waits until `reached` says that the phase has come, and kills every process of the
 * command with -9 at once, as a power cut or an OOM kill would. Returns what was printed until then.
 */
export async function killWhen(checkout: Checkout, command: string[], reached: (printed: string) => boolean): Promise<Ended> {
  const run = checkout.start(...command);
  let printed = "";
  run.all!.on("data", (chunk: Buffer | string) => (printed += chunk.toString()));
  const killed = await new Promise<boolean>((resolve) => {
    const poll = setInterval(() => {
      if (!reached(printed)) return;
      clearInterval(poll);
      killTree(run.pid!);
      resolve(true);
    }, 20);
    void run.finally(() => {
      clearInterval(poll);
      resolve(false);
    });
  });
  const ended = await run;
  if (!killed) throw new Error(`npm run ${command.join(" ")} ended with ${ended.exitCode} before the phase to be killed in came:\n${printed}`);
  return { exitCode: ended.exitCode ?? 137, all: printed, stdout: ended.stdout };
}

/** Kills the command and all it started. A seat's own processes are not among them: they have left the command's tree. */
function killTree(root: number): void {
  const tree = [root];
  for (let i = 0; i < tree.length; i += 1) tree.push(...children(tree[i]!));
  for (const pid of tree) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

function children(pid: number): number[] {
  return fs
    .readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((candidate) => parentOf(candidate) === pid && !isSeat(candidate));
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}

/** A seat's first process is the only one with a process namespace of its own for its children. */
function isSeat(pid: number): boolean {
  try {
    return fs.readlinkSync(`/proc/${pid}/ns/pid`) !== fs.readlinkSync("/proc/self/ns/pid");
  } catch {
    return false;
  }
}
