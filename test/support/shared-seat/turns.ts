import * as fs from "node:fs";
import * as path from "node:path";

/** Returns how often a test file asks for the shared seat, from the file's text. */
export function turnsOf(file: string): number {
  return fs.readFileSync(file, "utf8").match(/\bsharedSeat\(\)/g)?.length ?? 0;
}

/**
 * Records how often the files of this run ask for the seat of `folder`. With a filter, a file may run no test and
 * never ask. The seat then stays until the run's end.
 */
export function expectTurns(folder: string, files: readonly string[]): void {
  const asking = files.filter((file) => /[\\/]test[\\/](engine|mesh|rehearsal)[\\/].*\.(test|spec)\.ts$/.test(file));
  fs.writeFileSync(path.join(folder, "turns"), String(asking.reduce((sum, file) => sum + turnsOf(file), 0)));
}

/**
 * Counts a turn that has ended. @returns whether it was the run's last one; false where the number of turns is
 * unknown
 */
export function endTurn(folder: string): boolean {
  const numberIn = (name: string) =>
    fs.existsSync(path.join(folder, name)) ? Number(fs.readFileSync(path.join(folder, name), "utf8")) : undefined;
  const ended = (numberIn("ended") ?? 0) + 1;
  fs.writeFileSync(path.join(folder, "ended"), String(ended));
  return ended >= (numberIn("turns") ?? Number.POSITIVE_INFINITY);
}
