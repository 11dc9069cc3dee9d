import { constants } from "node:os";

/** What asks this process to end: a signal, or that nobody reads what it prints any more. */
export type EndingSignal = (typeof SIGNALS)[number] | "SIGPIPE";

export interface Ending {
  readonly signal: EndingSignal;
  /** What was heard, for a message: `SIGTERM`. */
  readonly heard: string;
  /** 1 the first time, and more where it is asked again. */
  readonly times: number;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * One request arrives more than once: Ctrl-C and `timeout` signal the whole process group, and npm passes on to us what it got itself. Those of half a second
 * are one, or the second would stop an engine in the middle of what it is making.
 */
const ONE_REQUEST_MS = 500;
/** How often it is asked whether npm is still there. It passes SIGINT and SIGTERM on, but dies of SIGHUP and SIGKILL without a word. */
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
 * Calls `heed` for each request to end this process until the returned function is called. Meanwhile no signal ends it: that is the caller's to do. Without
 * a caller a signal does what it always does.
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

/** Asks this process to end, as a signal does; where nothing runs that has to be ended in order, it ends here. */
export function askToEnd(signal: EndingSignal, heard: string = signal): void {
  if (performance.now() - heardAt < ONE_REQUEST_MS) return;
  heardAt = performance.now();
  if (heeders.length === 0) process.exit(exitCodeOf({ signal }));
  for (const heeder of heeders) heeder.heed({ signal, heard, times: (heeder.times += 1) });
}

/** As a shell tells it of a program that died of that signal. */
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
    // Who was asked to end already knows it.
    if (heardAt === -Infinity) askToEnd("SIGHUP", "npm, which started this, is gone");
  }, PARENT_MS).unref();
}

/** Not before the echo of the last request is over: it would find nobody, and end this process before it has said how it ended. */
function stopListening(): void {
  clearInterval(watch);
  const stop = () => {
    if (heeders.length === 0) for (const [signal, listener] of listeners) process.off(signal, listener);
  };
  const left = ONE_REQUEST_MS - (performance.now() - heardAt);
  if (left > 0) setTimeout(stop, left).unref();
  else stop();
}
