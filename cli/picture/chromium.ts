import * as fs from "node:fs";
import * as path from "node:path";
import { onStack } from "../../base/advice";
import { UserError } from "../../base/errors";

/** The program names of installed Chromium and Chrome. */
const PROGRAMS = ["chromium", "chromium-headless-shell", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * Finds the browser that takes the picture: the named one, or the first in PATH. Nothing is downloaded.
 * @throws {UserError} where there is none; the message says how to get one
 */
export function findChromium(
  named: string | undefined,
  stack: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  if (named !== undefined) {
    if (isProgram(named)) return path.resolve(named);
    throw new UserError(
      `--chromium ${named}: is no program; name Chromium's or Chrome's file, such as /usr/bin/chromium.`,
    );
  }
  const folders = (env.PATH ?? "").split(path.delimiter).filter((folder) => folder !== "");
  const found = PROGRAMS.flatMap((program) => folders.map((folder) => path.join(folder, program))).find(isProgram);
  if (found !== undefined) return found;
  throw new UserError(
    `There is no browser to take the picture with: PATH has none of ${PROGRAMS.join(", ")}. Debian's is installed by\n  apt-get install --yes chromium\nOne that lies elsewhere is named by\n  ${onStack(stack, "npm run picture -- --chromium FILE")}`,
  );
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
