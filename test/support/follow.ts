import { setTimeout as sleep } from "node:timers/promises";
import { shows, type Step } from "./page";
import type { Terminal } from "./terminal";

/** What a command must not contain to be one that a reader may repeat until the proxies have got the change before it. */
const changes = /\b(apply|create|delete|patch|scale|label|annotate|rollout|config|refresh|up|down)\b/;

/** Types a step of a page, and again where the proxies may need time. @throws when the page shows something else than what is printed */
export async function follow(where: string, { commands, printed }: Step, terminal: Terminal): Promise<void> {
  const patience = Date.now() + (changes.test(commands) ? 0 : 30_000);
  for (;;) {
    await sleep(1000); // a reader is no faster, and a proxy has its configuration by then
    const seen = await terminal.run(commands, 600);
    if (printed === undefined ? seen.exitCode === 0 : shows(printed, seen.printed)) return;
    if (Date.now() > patience) {
      throw new Error(
        `${where}: ${commands}\n--- the page shows:\n${printed ?? "(exit code 0)"}\n--- printed (exit code ${seen.exitCode}):\n${seen.printed}`,
      );
    }
  }
}
