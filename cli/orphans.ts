import * as fs from "node:fs";
import { commandOf, environmentOf, identify } from "../embedded/node/processes";

/** Marks every process of a run with its checkout; read back from /proc after a crash. */
export const RUN_MARK = "ISTIO_LAB_RUN";

/** Programs of Pulumi that outlive an engine killed with -9: the language host, the program it runs, and plugins. */
const PLUGIN = /pulumi-language-nodejs|pulumi-resource-|@pulumi\/pulumi\/cmd\/|embedded\/provider\//;

/**
 * Ends what an engine of this checkout left when it was killed: its children go on without it, some of them busily.
 * A process counts only when it carries the checkout's mark, is one of Pulumi's, and no engine is above it any more.
 * Returns a sentence when there were any. Linux only; elsewhere nothing is looked for.
 */
export function endOrphans(checkout: string): string[] {
  const all = new Map(readProcesses().map((process) => [process.pid, process]));
  const orphaned = (process: Process): boolean => {
    const parent = all.get(process.parent);
    return process.parent === 1 || (parent !== undefined && PLUGIN.test(parent.command) && orphaned(parent));
  };
  const mine = [...all.values()].filter((process) => process.mark === checkout && PLUGIN.test(process.command) && orphaned(process));
  for (const { pid } of mine) kill(pid);
  return mine.length > 0 ? [`Ended ${mine.length === 1 ? "a process" : `${mine.length} processes`} that a killed run had left.`] : [];
}

interface Process {
  pid: number;
  parent: number;
  command: string;
  mark?: string;
}

function readProcesses(): Process[] {
  if (!fs.existsSync("/proc/self")) return [];
  const numbers = fs.readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
  return numbers.flatMap((number) => {
    const found = identify(Number(number));
    return found ? [{ pid: found.pid, parent: found.parent, command: commandOf(found.pid).join(" "), mark: markOf(found.pid) }] : [];
  });
}

function markOf(pid: number): string | undefined {
  const mark = environmentOf(pid).find((line) => line.startsWith(`${RUN_MARK}=`));
  return mark?.slice(RUN_MARK.length + 1);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // ended meanwhile
  }
}
