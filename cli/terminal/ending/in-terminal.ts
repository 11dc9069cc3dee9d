import { spawn, type ChildProcess, type SpawnOptions, type StdioOptions } from "node:child_process";
import * as fs from "node:fs";
import { constants } from "node:os";
import { isForeground } from "../../../base/process-id";
import { projectRoot } from "../../../base/paths";
import { Interrupted, UserError } from "../../../base/errors";
import { RUNNER_MARK, thisRunner } from "../../stack/orphans";
import { engineStarted, interruptLeader, killTree, leaderOf, type Leader } from "./engines";
import { BOUNDS, InOrder, type Bounds, type Running } from "./in-order";
import { exitCodeOf, heedEndings, type Ending } from "./signals";

export interface EngineOptions {
  /** A sentence with the command that continues after an interruption. */
  readonly again?: string;
  readonly bounds?: Bounds;
}

/**
 * Runs the engine in the user's terminal and returns its exit code. The engine leads a session of its own. In our
 * session, Ctrl-C and `timeout` would reach it as well as the interrupt that we pass on.
 * It would then count two interrupts, stop at once and leave operations open. In its own session it gets only ours,
 * once.
 * @throws Interrupted where it was asked to end and did not finish its work
 */
export async function runEngine(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { again, bounds = BOUNDS }: EngineOptions = {},
): Promise<number> {
  // Go programs die when they print to a pipe without a reader. We read our pipe to the end.
  const [stdout, stderr] = [process.stdout, process.stderr].map((stream) => (stream.isTTY ? "inherit" : "pipe"));
  const stdio: StdioOptions = ["inherit", stdout!, stderr!];
  const session = {
    stdio,
    env: { ...process.env, ...env, [RUNNER_MARK]: thisRunner() },
    detached: process.platform !== "win32",
  };
  let leader: Leader | undefined;
  let ended = () => undefined as void;
  const running = {
    name: () => "pulumi",
    interrupt: () => leader && interruptLeader(leader),
    kill: () => leader && killTree(leader),
  };
  try {
    return await untilEnded("pulumi", args, session, running, bounds, ({ pid, stdout, stderr }) => {
      leader = pid === undefined ? undefined : leaderOf(pid);
      if (pid !== undefined) ended = engineStarted(pid);
      copy(stdout, process.stdout);
      copy(stderr, process.stderr);
    });
  } catch (error) {
    throw error instanceof Interrupted && again !== undefined
      ? new Interrupted(`${error.message} ${again}`, error.exitCode)
      : error;
  } finally {
    ended();
  }
}

/**
 * Runs another program in the user's terminal, shared with us. It may ask, be stopped by Ctrl-Z, and draw.
 * Passes on each request to end except Ctrl-C, which the terminal sends to both.
 * @param interrupt the signal by which the program ends in order, if it is not the received one
 */
export async function inTerminal(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  interrupt?: "SIGINT",
  bounds: Bounds = BOUNDS,
): Promise<number> {
  let child: ChildProcess | undefined;
  let last: Ending | undefined;
  const pass = () =>
    void (last?.signal === "SIGINT" && isReachedByKeys()
      ? undefined
      : child?.kill(interrupt ?? last?.signal ?? "SIGTERM"));
  const running = { name: () => file, interrupt: pass, kill: () => void child?.kill("SIGKILL") };
  const shared = { stdio: "inherit" as const, env: { ...process.env, ...env } };
  return untilEnded(
    file,
    args,
    shared,
    running,
    bounds,
    (started) => (child = started),
    (ending) => (last = ending),
  );
}

/** Like `inTerminal`, for the engine. In a terminal it may ask. Elsewhere it gets requests to end only from us. */
export function engineInTerminal(args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  return isReachedByKeys() ? inTerminal("pulumi", args, env, "SIGINT") : runEngine(args, env);
}

/** Listens for requests to end before it starts the program, because one may arrive at that very moment. */
async function untilEnded(
  file: string,
  args: readonly string[],
  options: SpawnOptions,
  running: Running,
  bounds: Bounds,
  isStarted: (child: ChildProcess) => void,
  heard?: (ending: Ending) => void,
): Promise<number> {
  const inOrder = new InOrder(running, (text) => process.stderr.write(`\n${text}\n`), bounds);
  const release = heedEndings((ending) => {
    heard?.(ending);
    inOrder.heed(ending);
  });
  const begun = Date.now();
  try {
    const child = spawn(file, [...args], { cwd: projectRoot, ...options });
    isStarted(child);
    const code = await new Promise<number>((resolve, reject) => {
      child.once("error", (error) => reject(new UserError(`${file} could not be started: ${error.message}`)));
      child.once("exit", (code, signal) => resolve(code ?? (signal === null ? 1 : 128 + constants.signals[signal])));
    });
    await Promise.race([drained(child), new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
    if (inOrder.first !== undefined && code !== 0) {
      throw new Interrupted(
        `${file} was ended by ${inOrder.first.heard}, after ${Math.round((Date.now() - begun) / 1000)} s of work.`,
        exitCodeOf(inOrder.first),
      );
    }
    return code;
  } finally {
    inOrder.end();
    release();
  }
}

/** Waits until the program's output is printed. Processes that it left behind may hold the pipes open for ever. */
function drained(child: ChildProcess): Promise<unknown> {
  return Promise.all(
    [child.stdout, child.stderr].map((stream) =>
      stream === null || stream.readableEnded
        ? Promise.resolve()
        : new Promise((resolve) => stream.once("close", resolve)),
    ),
  );
}

/** Reads to the end, even if the output has no reader any more. */
function copy(from: NodeJS.ReadableStream | null, to: NodeJS.WritableStream): void {
  from?.on("data", (part: Buffer) => {
    if (to.write(part) || !to.writable) return;
    from.pause();
    const go = () => {
      for (const event of ["drain", "error", "close"]) to.off(event, go);
      from.resume();
    };
    for (const event of ["drain", "error", "close"]) to.once(event, go);
  });
}

/** Whether the terminal's keys reach this process. */
function isReachedByKeys(): boolean {
  return fs.existsSync("/proc/self/stat") ? isForeground(process.pid) : Boolean(process.stdin.isTTY);
}
