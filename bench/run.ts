import { execa, type ResultPromise } from "execa";
import { UserError } from "../base/errors";

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Called with the number of the process right after its start. */
  readonly started?: (pid: number) => void;
}

export interface Ran {
  readonly seconds: number;
  readonly stdout: string;
}

/** How much of a failed command's output is shown. */
const SHOWN_LINES = 20;

/** Runs a command to its end and times it. @throws UserError with the end of its output where it fails */
export async function timed({ file, args, cwd, env, signal, started }: Command): Promise<Ran> {
  const begun = performance.now();
  const run = execa(file, args, {
    cwd,
    env,
    extendEnv: false,
    reject: false,
    all: true,
    stdin: "ignore",
    // Ctrl-C reaches only the bench, which ends what it has started.
    detached: true,
    cancelSignal: signal,
  }) as ResultPromise<{ all: true; reject: false }> & PromiseLike<{ exitCode?: number; all: string; stdout: string }>;
  if (run.pid !== undefined) started?.(run.pid);
  const { exitCode, all, stdout } = await run;
  const seconds = (performance.now() - begun) / 1000;
  signal.throwIfAborted();
  if (exitCode !== 0)
    throw new UserError(
      `${[file, ...args].join(" ")} ended with ${exitCode}:\n${all.split("\n").slice(-SHOWN_LINES).join("\n")}`,
    );
  return { seconds, stdout };
}
