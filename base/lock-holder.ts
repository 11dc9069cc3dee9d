import * as fs from "node:fs";
import { isAlive, self } from "./process-id";

/** The longest holder note that is read, in bytes, and the longest command that is shown, in characters. */
const [LONGEST, SHOWN] = [1000, 120];

/** Writes the holder into the lock's file: its process, its start time and its command. */
export function noteHolder(descriptor: number): void {
  const { pid, start } = self();
  fs.ftruncateSync(descriptor); // removes the note of a killed holder
  fs.writeSync(descriptor, `${pid} ${start} ${process.argv.slice(1, 4).join(" ")}`.slice(0, LONGEST), 0);
}

/**
 * Returns who holds the lock. Undefined where the noted process has ended: a killed holder's note stays until the
 * next holder replaces it.
 */
export function holderIn(descriptor: number): string | undefined {
  const bytes = Buffer.alloc(LONGEST);
  const text = bytes.toString("utf8", 0, fs.readSync(descriptor, bytes, 0, LONGEST, 0));
  const [, pid, start, command = ""] = /^(\d+) (\d+) (.*)$/s.exec(text) ?? [];
  if (start === undefined || !isAlive({ pid: Number(pid), start })) return undefined;
  // Control characters steer the terminal, and some format characters (category Cf) change the order of the text.
  const shown = command.replace(/[\p{C}\u2028\u2029]+/gu, " ").trim();
  return `process ${pid} (${shown.length > SHOWN ? `${shown.slice(0, SHOWN)}…` : shown})`;
}
