import { heedFirst } from "../terminal/ending/signals";
import { runOpen } from "../open/open";
import { saying } from "../terminal/say";
import { takenStack } from "../stack/taken";

export interface OpenOptions {
  stack?: string;
}

/**
 * `npm run open [ADDON]`: forwards addons to ports of this machine and opens them in the browser, until Ctrl-C. The
 * exit code is then 0.
 */
export async function open(addon: string | undefined, { stack: named }: OpenOptions): Promise<void> {
  const stop = new AbortController();
  heedFirst(() => stop.abort());
  const print = saying(process.stdout);
  const stack = await takenStack(named, { to: "use", say: print });
  await runOpen({ addon, stack, stop: stop.signal, print, warn: saying(process.stderr) });
  // Exits now: kept-alive sockets to the API server would hold the process open for a while.
  process.exit(0);
}
