import type { Browser } from "playwright-core";
import { UserError } from "../../base/errors";

/** What is photographed, and how. */
export interface Shot {
  /** Chromium's program. */
  readonly program: string;
  /** Address of Kiali's own port, without a path. */
  readonly origin: string;
  /** The page, as a path. */
  readonly path: string;
  /** Where Kiali asks for a token. */
  readonly token?: string;
  readonly dark?: boolean;
}

/** Kiali hides the numbers of a graph that is drawn small: at this size all lessons have theirs, where the page is without head and menu. */
const viewport = { width: 1600, height: 1150 };
const WITHOUT_MENU = "&kiosk=true";
/** Until the graph is there, in milliseconds. */
const PATIENCE = 30_000;
/** While the graph moves to its place, in milliseconds. */
const SETTLING = 3000;

/**
 * Opens the graph in a browser of its own, and photographs it. The browser has none of this process' variables, which may be secrets, and ends with it.
 * @throws {UserError} where the browser does not start, Kiali refuses the token, or no graph is shown
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
    // The panel beside the graph counts what is drawn.
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
      "The npm package playwright-core, which drives the browser, is not installed: it is one of those for development. `npm ci --include=dev` installs it.",
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
