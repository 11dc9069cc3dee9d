import * as fs from "node:fs";
import { isAlive, self } from "./process-id";

/** The longest text that is read of a holder, in bytes, and the longest command that is shown, in characters. */
const [LONGEST, SHOWN] = [1000, 120];

/** Notes in the file of a lock who holds it: the process, when it began, and its command. */
export function noteHolder(descriptor: number): void {
  const { pid, start } = self();
  fs.ftruncateSync(descriptor); // what a killed holder left
  fs.writeSync(descriptor, `${pid} ${start} ${process.argv.slice(1, 4).join(" ")}`.slice(0, LONGEST), 0);
}

/** Who holds the lock. Undefined where the file names nobody who lives: a killed holder's note stays until the next holder writes its own. */
export function holderIn(descriptor: number): string | undefined {
  const bytes = Buffer.alloc(LONGEST);
  const text = bytes.toString("utf8", 0, fs.readSync(descriptor, bytes, 0, LONGEST, 0));
  const [, pid, start, command = ""] = /^(\d+) (\d+) (.*)$/s.exec(text) ?? [];
  if (start === undefined || !isAlive({ pid: Number(pid), start })) return undefined;
  // A terminal obeys control characters, and shows text in another order at some of the format characters (category Cf).
  const shown = command.replace(/[\p{C}\u2028\u2029]+/gu, " ").trim();
  return `process ${pid} (${shown.length > SHOWN ? `${shown.slice(0, SHOWN)}…` : shown})`;
}
