import { setTimeout as sleep } from "node:timers/promises";
import { onStack } from "../../base/advice";
import type { Step } from "../../base/step";
import { elapsed } from "../../base/elapsed";
import { UserError } from "../../base/errors";
import { seatInSight } from "../stack/later";
import { runSteps } from "../terminal/progress";
import { exportStack, type Deployment } from "../stack/stack";
import type { Workspace } from "../stack/workspace";
import { awaitedOf } from "./awaited";
import type { Look } from "./look";
import { answers } from "./quick";

/** Bounds of the wait, in milliseconds. */
export interface Patience {
  /** A restarted node with two busy processors took 92 s to answer. */
  readonly whole: number;
  readonly between: number;
}

const PATIENCE: Patience = { whole: 300_000, between: 1000 };

/** A step that waits, and that afterwards says what was not checked. */
export interface Wait extends Step {
  /** Valid after the step was run or found done. */
  notice(): string | undefined;
}

/**
 * Waits after `pulumi up` until the seat answers, shows the progress, and says what was not checked.
 * @param since when the run began
 * @returns the stack's state, from which the awaited parts were read
 * @throws UserError that names what is still missing
 */
export async function awaitSeat(
  workspace: Workspace,
  stack: string,
  since: number,
  say: (line: string) => void,
): Promise<Deployment> {
  const state = await exportStack(workspace, stack);
  const wait = await waitOf(workspace, stack, state, since);
  if (wait === undefined) return state;
  await runSteps([[[wait]]]);
  const notice = wait.notice();
  if (notice !== undefined) say(notice);
  return state;
}

/**
 * The wait until a seat answers; undefined if it already does. The engine awaits only what it makes itself. To it, a
 * restarted cluster or one with dead node ports is unchanged.
 * If nothing was started, one answer of the gateway is enough, and the cluster is not asked.
 */
export async function seatWait(workspace: Workspace, stack: string, since: number): Promise<Wait | undefined> {
  return waitOf(workspace, stack, await exportStack(workspace, stack), since);
}

async function waitOf(
  workspace: Workspace,
  stack: string,
  { resources }: Deployment,
  since: number,
): Promise<Wait | undefined> {
  const awaited = awaitedOf(resources, since);
  if (awaited === undefined) return undefined;
  if (!awaited.restarted && (awaited.entry.isForwarded || (await answers(awaited.gatewayUrl)))) return undefined;
  return waitStep(stack, await seatInSight().looker(workspace, stack, awaited), PATIENCE);
}

export function waitStep(stack: string, look: () => Promise<Look>, { whole, between }: Patience): Wait {
  let last: Look | undefined;
  const seen = async () => (last = await look());
  return {
    title: `Waiting until the seat of stack ${stack} answers`,
    notice: () => last?.notice,
    isDone: async () => (await seen()).missing.length === 0,
    async run(report, signal) {
      const started = Date.now();
      for (;;) {
        const { total, come, missing } = await seen();
        signal.throwIfAborted();
        if (missing.length === 0) return;
        report(come, total, `next: ${missing[0]}`);
        if (Date.now() - started >= whole) throw new UserError(lateText(stack, missing, started));
        await sleep(between, undefined, { signal });
      }
    },
  };
}

function lateText(stack: string, missing: readonly string[], started: number): string {
  return [
    `The seat of stack ${stack} does not answer. Everything is made, but after ${elapsed(started)} this is still missing:`,
    ...missing.map((line) => `  ${line}`),
    onStack(stack, "`npm run check` looks for the cause; `npm run up` waits once more."),
  ].join("\n");
}
