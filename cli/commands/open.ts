import { heedFirst } from "../terminal/ending/signals";
import { runOpen } from "../open/open";
import { saying } from "../terminal/say";
import { takenStack } from "../stack/taken";

export interface OpenOptions {
  stack?: string;
}

/** `npm run open [ADDON]`: addons at ports of this machine, and in its browser, until Ctrl-C. Ended so the exit code is 0. */
export async function open(addon: string | undefined, { stack: named }: OpenOptions): Promise<void> {
  const stop = new AbortController();
  heedFirst(() => stop.abort());
  const print = saying(process.stdout);
  const stack = await takenStack(named, { to: "use", say: print });
  await runOpen({ addon, stack, stop: stop.signal, print, warn: saying(process.stderr) });
  // Sockets to the API server are kept alive for a while.
  process.exit(0);
}
