import * as fs from "node:fs";

/** Where something is mounted in a folder, or on it, as this process sees it. None on a machine without such a table, where no seat can be. */
export function mountsIn(folder: string): string[] {
  return fs.existsSync("/proc/mounts") ? mountsBelow(folder, fs.readFileSync("/proc/mounts", "utf8")) : [];
}

/** The same by the kernel's table, which writes blanks as octal numbers. */
export function mountsBelow(folder: string, table: string): string[] {
  const points = table.split("\n").map((line) => (line.split(" ")[1] ?? "").replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))));
  return points.filter((point) => point === folder || point.startsWith(`${folder}/`));
}
