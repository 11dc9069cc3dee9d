import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isOwn } from "../../base/process-owner";
import { commandOf, environmentOf, everyNumber, identify, isAlive, type ProcessId } from "../../base/process-id";
import { BOUNDS } from "../terminal/ending/in-order";

/** Marks every process of a run with its checkout; read back from /proc after a crash. */
export const RUN_MARK = "ISTIO_LAB_RUN";

/** Marks an engine that has left its runner's process group with the runner, as `PID:START`: such an engine outlives it. */
export const RUNNER_MARK = "ISTIO_LAB_RUNNER";

/** Programs of Pulumi that outlive an engine killed with -9: the language host, the program it runs, plugins, and the helm that one of them runs. */
const PLUGIN =
  /pulumi-language-nodejs|pulumi-resource-|@pulumi\/pulumi\/cmd\/|embedded\/provider\/|\/helm (install|upgrade|uninstall) /;

/**
 * Ends what an engine of this checkout left when it was killed: its children go on without it, some of them busily.
 * A process counts only when it is this user's own and one of Pulumi's. It carries the checkout's mark, and no engine is above it any more.
 * Returns a sentence when there were any. Linux only; elsewhere nothing is looked for.
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
    ? [`Ended ${mine.length === 1 ? "a process" : `${mine.length} processes`} that a killed run had left.`]
    : [];
}

/** This process, as `RUNNER_MARK` names it. */
export function thisRunner(): string {
  return `${process.pid}:${identify(process.pid)?.start ?? ""}`;
}

/**
 * Ends the engines that work on these stacks for a runner that is gone: what they are making is finished, nothing further is begun, and the locks are
 * given back. Only where they do not end so, they are killed. A sentence for each.
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
      `Waiting for ${lost.map(({ words }) => stackOf(words)).join(", ")}: an earlier run was killed, and its engines still work there. They are ended in order.`,
    );
  return Promise.all(
    lost.map(async ({ words, ...id }) => {
      for (const patience of [BOUNDS.inOrder, BOUNDS.atOnce]) {
        kill(id, "SIGINT");
        for (const begun = Date.now(); Date.now() - begun < patience; await sleep(100)) {
          if (!isAlive(id)) return `Ended the engine that a killed run had left at work on stack ${stackOf(words)}.`;
        }
      }
      kill(id, "SIGKILL");
      return `Killed the engine that a killed run had left at work on stack ${stackOf(words)}: it did not end in order.`;
    }),
  );
}

function isLost(pid: number): boolean {
  const [number, start] = (variable(pid, RUNNER_MARK) ?? "").split(":");
  return Boolean(start) && !isAlive({ pid: Number(number), start: start! });
}

/** What `--stack` says among the words of a command. */
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

/** Looks again whether it is the same process, and this user's own still: a setuid program may have taken its place. */
function kill(id: ProcessId, signal: NodeJS.Signals): void {
  if (!isAlive(id) || !isOwn(id.pid)) return;
  try {
    process.kill(id.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // else it has ended meanwhile
  }
}
