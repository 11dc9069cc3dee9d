import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** An app running on loopback. */
export interface Running {
  url: string;
  /** Everything it has printed so far, line by line. */
  log: string[];
  /** Sends SIGTERM, waits until it has ended and all that it printed is read, and gives the exit code. */
  stop(): Promise<{ code: number | null }>;
}

const running = new Set<ChildProcess>();

/** Starts an app on a free port of loopback, with this environment and nothing of ours, and waits until it listens. */
export async function start(program: string, env: Record<string, string> = {}, args: string[] = []): Promise<Running> {
  const child = spawn(program, ["-listen", "127.0.0.1:0", ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  const log: string[] = [];
  const ended = once(child, "close") as Promise<[number | null]>;
  const port = await new Promise<string>((resolve, reject) => {
    child.on("error", reject);
    void ended.then(() => reject(new Error(`${program} ended: ${log.join("\n")}`)));
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        log.push(line);
        const found = /listening on 127\.0\.0\.1:(\d+)$/.exec(line);
        if (found) resolve(found[1]!);
      });
    }
  });
  const stop = async () => {
    child.kill("SIGTERM");
    const [code] = await ended;
    running.delete(child);
    return { code };
  };
  return { url: `http://127.0.0.1:${port}`, log, stop };
}

/** Ends what a failed test left running. */
export function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
}
