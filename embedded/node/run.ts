import { execFile } from "node:child_process";

/**
 * Runs a program to its end and returns what it wrote to standard output.
 *
 * @throws with the program's standard error if it fails.
 */
export function run(file: string, args: readonly string[], options: { env?: NodeJS.ProcessEnv } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { maxBuffer: 64 << 20, ...options }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      reject(new Error(`${[file, ...args].join(" ")}: ${stderr.trim() || error.message}`));
    });
  });
}
