import { constants } from "node:os";

/** A request to end this process: a signal, or an output without a reader (SIGPIPE). */
export type EndingSignal = (typeof SIGNALS)[number] | "SIGPIPE";

export interface Ending {
  readonly signal: EndingSignal;
  /** Its name for a message: `SIGTERM`. */
  readonly heard: string;
  /** 1 for the first request, then counting up. */
  readonly times: number;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * One request arrives several times: Ctrl-C and `timeout` signal the whole process group, and npm forwards what it
 * got. Requests within half a second count as one. Otherwise the second would stop an engine midway.
 */
const ONE_REQUEST_MS = 500;
/** How often to check that npm still runs. npm forwards SIGINT and SIGTERM, but dies silently of SIGHUP and SIGKILL. */
const PARENT_MS = 500;

interface Heeder {
  readonly heed: (ending: Ending) => void;
  times: number;
}

const parent = process.ppid;
let heeders: Heeder[] = [];
let heardAt = -Infinity;
let isOrphan = false;
let watch: NodeJS.Timeout | undefined;
const listeners = SIGNALS.map((signal) => [signal, () => askToEnd(signal)] as const);

/**
 * Calls `heed` for each request to end this process, until the returned function is called. Meanwhile no signal ends
 * the process; the caller must. Without callers, signals have their usual effect.
 */
export function heedEndings(heed: Heeder["heed"]): () => void {
  const heeder = { heed, times: 0 };
  if (heeders.length === 0) listen();
  heeders.push(heeder);
  return () => {
    heeders = heeders.filter((one) => one !== heeder);
    if (heeders.length === 0) stopListening();
  };
}

/** Calls `first` at the first request; a second one ends this process at once. */
export function heedFirst(first: (ending: Ending) => void): () => void {
  return heedEndings((ending) => (ending.times === 1 ? first(ending) : process.exit(exitCodeOf(ending))));
}

/** Asks this process to end, like a signal. Ends it here if nothing runs that must be ended in order. */
export function askToEnd(signal: EndingSignal, heard: string = signal): void {
  if (performance.now() - heardAt < ONE_REQUEST_MS) return;
  heardAt = performance.now();
  if (heeders.length === 0) process.exit(exitCodeOf({ signal }));
  for (const heeder of heeders) heeder.heed({ signal, heard, times: (heeder.times += 1) });
}

/** The exit code that a shell reports for a program that died of that signal. */
export function exitCodeOf({ signal }: Pick<Ending, "signal">): number {
  return 128 + constants.signals[signal];
}

function listen(): void {
  for (const [signal, listener] of listeners)
    if (!process.listeners(signal).includes(listener)) process.on(signal, listener);
  if (process.env.npm_lifecycle_event === undefined) return;
  watch = setInterval(() => {
    if (process.ppid === parent || isOrphan) return;
    isOrphan = true;
    // If a request was heard before, this one adds nothing.
    if (heardAt === -Infinity) askToEnd("SIGHUP", "npm, which started this, has ended");
  }, PARENT_MS).unref();
}

/**
 * Keeps the handlers until the echo of the last request is over. Without a handler, the echo would kill this process
 * before it has reported how it ended.
 */
function stopListening(): void {
  clearInterval(watch);
  const stop = () => {
    if (heeders.length === 0) for (const [signal, listener] of listeners) process.off(signal, listener);
  };
  const left = ONE_REQUEST_MS - (performance.now() - heardAt);
  if (left > 0) setTimeout(stop, left).unref();
  else stop();
}
