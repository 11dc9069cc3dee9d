import * as fs from "node:fs";

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
  if (!fs.existsSync("/proc/self/environ")) return [];
  return fs
    .readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const stat = fs.readFileSync(`/proc/${entry}/stat`, "utf8");
        const environ = fs.readFileSync(`/proc/${entry}/environ`, "utf8");
        const mark = environ.split("\0").find((line) => line.startsWith(`${RUN_MARK}=`));
        return [
          {
            pid: Number(entry),
            parent: Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]),
            command: fs.readFileSync(`/proc/${entry}/cmdline`, "utf8").replaceAll("\0", " "),
            mark: mark?.slice(RUN_MARK.length + 1),
          },
        ];
      } catch {
        return []; // ended meanwhile, or not ours to read
      }
    });
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // ended meanwhile
  }
}
