import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isOwn } from "../../base/process-owner";
import { commandOf, environmentOf, everyNumber, identify, isAlive, type ProcessId } from "../../base/process-id";
import { BOUNDS } from "../terminal/ending/in-order";

/** Marks every process of a run with its checkout; read back from /proc after a crash. */
export const RUN_MARK = "ISTIO_LAB_RUN";

/**
 * Marks an engine outside its runner's process group with the runner, as `PID:START`. Such an engine outlives its
 * runner.
 */
export const RUNNER_MARK = "ISTIO_LAB_RUNNER";

/**
 * Pulumi's programs that outlive an engine killed with -9: the language host, the program it runs, plugins, and the
 * helm that a plugin runs.
 */
const PLUGIN =
  /pulumi-language-nodejs|pulumi-resource-|@pulumi\/pulumi\/cmd\/|embedded\/provider\/|\/helm (install|upgrade|uninstall) /;

/**
 * Kills the children of a killed engine of this checkout. They keep running without it, and some use the CPU heavily.
 * A process counts only if it belongs to this user, is one of Pulumi's and carries the checkout's mark. No engine may
 * be above it any more.
 * Returns a sentence if there were any. Linux only.
 */
export function endOrphans(checkout: string): string[] {
  const all = new Map(readProcesses().map((process) => [process.pid, process]));
  const orphaned = (process: Process): boolean => {
    const parent = all.get(process.parent);
    return process.parent === 1 || (parent !== undefined && PLUGIN.test(parent.command) && orphaned(parent));
  };
  const mine = [...all.values()].filter(
    (process) => process.mark === checkout && PLUGIN.test(process.command) && orphaned(process) && isOwn(process.pid),
  );
  for (const process of mine) kill(process, "SIGKILL");
  return mine.length > 0
    ? [`Ended ${mine.length === 1 ? "a process" : `${mine.length} processes`} left by a killed run.`]
    : [];
}

/** This process in the format of `RUNNER_MARK`. */
export function thisRunner(): string {
  return `${process.pid}:${identify(process.pid)?.start ?? ""}`;
}

/**
 * Ends the engines that work on these stacks for a runner that is gone. An interrupted engine finishes what it is
 * making, begins nothing new and releases its locks. It is killed only if it does not end this way.
 * Returns a sentence for each.
 */
export async function endLostEngines(
  checkout: string,
  stacks: readonly string[],
  say: (line: string) => void = () => undefined,
): Promise<string[]> {
  const lost = readProcesses().filter(
    ({ pid, mark, words }) =>
      mark === checkout &&
      path.basename(words[0] ?? "") === "pulumi" &&
      stacks.includes(stackOf(words)) &&
      isLost(pid) &&
      isOwn(pid),
  );
  if (lost.length > 0)
    say(
      `Waiting for ${lost.map(({ words }) => stackOf(words)).join(", ")}: an earlier run was killed, and its engines still work there. They end in order.`,
    );
  return Promise.all(
    lost.map(async ({ words, ...id }) => {
      for (const patience of [BOUNDS.inOrder, BOUNDS.atOnce]) {
        kill(id, "SIGINT");
        for (const begun = Date.now(); Date.now() - begun < patience; await sleep(100)) {
          if (!isAlive(id))
            return `Ended the engine of a killed run, which was still at work on stack ${stackOf(words)}.`;
        }
      }
      kill(id, "SIGKILL");
      return `Killed the engine of a killed run, which was still at work on stack ${stackOf(words)}: it did not end in order.`;
    }),
  );
}

function isLost(pid: number): boolean {
  const [number, start] = (variable(pid, RUNNER_MARK) ?? "").split(":");
  return Boolean(start) && !isAlive({ pid: Number(number), start: start! });
}

/** The value of `--stack` in a command line. */
function stackOf(words: readonly string[]): string {
  return words[words.indexOf("--stack") + 1] ?? "";
}

interface Process extends ProcessId {
  parent: number;
  command: string;
  words: string[];
  mark?: string;
}

function readProcesses(): Process[] {
  if (!fs.existsSync("/proc/self")) return [];
  return everyNumber().flatMap((number) => {
    const found = identify(number);
    if (!found) return [];
    const words = commandOf(found.pid);
    return [{ ...found, words, command: words.join(" "), mark: variable(found.pid, RUN_MARK) }];
  });
}

function variable(pid: number, name: string): string | undefined {
  return environmentOf(pid)
    .find((line) => line.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}

/** Checks again that it is the same process and still belongs to this user: it may have become a setuid program. */
function kill(id: ProcessId, signal: NodeJS.Signals): void {
  if (!isAlive(id) || !isOwn(id.pid)) return;
  try {
    process.kill(id.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // ESRCH: it has ended meanwhile
  }
}
