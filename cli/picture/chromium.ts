import * as fs from "node:fs";
import * as path from "node:path";
import type { Browser } from "playwright-core";
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
      `--chromium ${named}: this is not a program. Name Chromium's or Chrome's file, such as /usr/bin/chromium.`,
    );
  }
  const folders = (env.PATH ?? "").split(path.delimiter).filter((folder) => folder !== "");
  const found = PROGRAMS.flatMap((program) => folders.map((folder) => path.join(folder, program))).find(isProgram);
  if (found !== undefined) return found;
  throw new UserError(
    `No browser was found to take the picture: PATH has none of ${PROGRAMS.join(", ")}. Debian's is installed by\n  apt-get install --yes chromium\nTo use one that is elsewhere:\n  ${onStack(stack, "npm run picture -- --chromium FILE")}`,
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

/** What the screenshot shows, and how it is taken. */
interface Shot {
  /** Chromium's executable. */
  readonly program: string;
  /** The address of Kiali's own port, without a path. */
  readonly origin: string;
  /** The page's path. */
  readonly path: string;
  /** Needed where Kiali asks for a token. */
  readonly token?: string;
  readonly dark?: boolean;
}

/** Kiali hides the numbers in a small graph. At this size, and without header and menu, all lessons show theirs. */
const viewport = { width: 1600, height: 1150 };
const WITHOUT_MENU = "&kiosk=true";
/** How many milliseconds to wait for the graph. */
const PATIENCE = 30_000;
/** How many milliseconds the graph takes to move into place. */
const SETTLING = 3000;

/**
 * Opens the graph in a new browser and takes a screenshot. The browser gets none of this process's variables, because
 * they may be secrets. It ends with this process.
 * @throws {UserError} where the browser does not start, Kiali rejects the token, or no graph appears
 */
export async function photograph(
  { program, origin, path, token, dark = false }: Shot,
  stop?: AbortSignal,
): Promise<Uint8Array> {
  const browser = await launch(program);
  const close = () => void browser.close();
  stop?.addEventListener("abort", close, { once: true });
  try {
    const context = await browser.newContext({ viewport, colorScheme: dark ? "dark" : "light" });
    if (token !== undefined) {
      const answer = await context.request.post(`${origin}/kiali/api/authenticate`, { form: { token } });
      if (!answer.ok())
        throw new UserError(`Kiali did not take the token of its own ServiceAccount: it answered ${answer.status()}.`);
    }
    const page = await context.newPage();
    await page.goto(`${origin}${path}${WITHOUT_MENU}`);
    // The side panel counts the edges that are drawn.
    await page.getByText(/^[1-9]\d* edges?$/).waitFor({ timeout: PATIENCE });
    await page.waitForTimeout(SETTLING);
    return await page.screenshot();
  } catch (error) {
    stop?.throwIfAborted();
    if (error instanceof UserError) throw error;
    throw new UserError(`Kiali showed no graph within ${PATIENCE / 1000} s at ${origin}${path} (${firstLine(error)}).`);
  } finally {
    stop?.removeEventListener("abort", close);
    await browser.close();
  }
}

async function launch(program: string): Promise<Browser> {
  const { chromium } = await import("playwright-core").catch(() => {
    throw new UserError(
      "The npm package playwright-core, which drives the browser, is not installed: it is a development dependency. `npm ci --include=dev` installs it.",
    );
  });
  const { PATH = "", HOME = "" } = process.env;
  try {
    return await chromium.launch({
      executablePath: program,
      env: { PATH, HOME },
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  } catch (error) {
    throw new UserError(`${program} does not start: ${firstLine(error)}. Does \`${program} --version\` print one?`);
  }
}

function firstLine(error: unknown): string {
  return String((error as Error).message)
    .split("\n")[0]!
    .replace(/\.$/, "");
}
