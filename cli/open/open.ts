import { UserError } from "../../base/errors";
import type { AddonName } from "../../components/addons/catalog";
import { systemNamespace } from "../../components/mesh/system-namespace";
import { type Occupant, Placeholders } from "../check";
import { apiOf } from "../seat/api";
import { LiveSeat } from "../seat/live-seat";
import { readStack } from "../seat/stack-outputs";
import { choose, kialiToken, type Opened, openedLines, pageOf, titleOf, urlOf, wantsToken } from "./choose";
import { forward, type Forward } from "./forward";

interface OpenRun {
  readonly addon?: string;
  readonly stack: string;
  /** Ends the command. */
  readonly stop: AbortSignal;
  print(line: string): void;
  /** Prints a problem that does not end the command. */
  warn(line: string): void;
}

/**
 * Forwards addons to local ports until `stop`, and opens them in the browser.
 * @throws {UserError} where there is no seat, or the seat has no such addon
 */
export async function runOpen({ addon, stack, stop, print, warn }: OpenRun): Promise<void> {
  const { addons, installed, kubeconfig, settings, gatewayUrl } = await readStack(stack);
  const chosen = choose(addon, addons, stack);
  const token = wantsToken(
    chosen.map(({ name }) => name),
    settings.kiali.auth,
  )
    ? await kialiToken(apiOf(kubeconfig), systemNamespace)
    : undefined;
  const placeholders = new Placeholders(new LiveSeat(kubeconfig, gatewayUrl), settings);
  const forwards: Forward[] = [];
  try {
    const opened: Opened[] = [];
    for (const { service, port, localPort, ...rest } of chosen) {
      const said = new Once(warn);
      const given = await forward(kubeconfig, { namespace: systemNamespace, service, port, localPort }, (text) =>
        said.say(text),
      ).catch((error: Error) => {
        throw new UserError(
          `${titleOf(rest.name)}: this machine has no free port near ${localPort} (${error.message}).`,
        );
      });
      forwards.push(given);
      opened.push({
        ...rest,
        ...pageOf(rest.name, installed),
        service,
        port,
        localPort,
        at: given.localPort,
        occupant: await occupantOf(placeholders, rest.name),
      });
    }
    for (const line of openedLines(opened, token)) print(line);
    if (hasBrowser()) for (const one of opened) await openBrowser(urlOf(one));
    await ended(stop);
  } finally {
    await Promise.all(forwards.map((given) => given.close()));
  }
}

/** Asks a second time when the first answer is unknown. */
async function occupantOf(placeholders: Placeholders, name: AddonName): Promise<Occupant> {
  const occupant = await placeholders.occupantOf(name);
  return typeof occupant === "object" ? placeholders.occupantOf(name) : occupant;
}

function ended(stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) resolve();
    else stop.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Prints a repeated warning at most every 10 seconds, because a browser retries all the time. */
class Once {
  private last = "";
  private at = 0;

  constructor(private readonly warn: (line: string) => void) {}

  say(text: string): void {
    if (text === this.last && Date.now() - this.at < 10_000) return;
    [this.last, this.at] = [text, Date.now()];
    this.warn(text);
  }
}

/** Whether this machine has a screen with a user. Linux needs a display; other systems are assumed to have one. */
export function hasBrowser({
  platform,
  env,
}: { platform: NodeJS.Platform; env: Readonly<Record<string, string | undefined>> } = process): boolean {
  if (env.CI) return false;
  // The user's own choice, in the variable that desktop programs read.
  if (env.BROWSER === "none") return false;
  return (
    platform === "darwin" ||
    platform === "win32" ||
    Boolean(env.DISPLAY) ||
    Boolean(env.WAYLAND_DISPLAY) ||
    Boolean(env.WSL_DISTRO_NAME)
  );
}

/** Opens a URL or a file in the browser. Errors are ignored, because the address is printed anyway. */
export async function openBrowser(url: string): Promise<void> {
  const { default: open } = await import("open");
  try {
    const started = await open(url);
    started.on("error", () => undefined);
  } catch {
    // There is a display but no program to open it.
  }
}
