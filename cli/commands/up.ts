import { onStack } from "../../base/advice";
import { awaitSeat } from "../answering";
import { runEngine } from "../terminal/ending/in-terminal";
import { linkEngine } from "../stack/engine";
import { withEventLog } from "../stack/event-log";
import { UserError } from "../../base/errors";
import { runSteps } from "../terminal/progress";
import { providerLine, providerStep } from "../stack/provider";
import { readyForUp } from "../stack/ready";
import { afterCrash } from "../stack/recovery";
import { acceptMovedStack, fileConfig, requireStackName, selectStack } from "../stack/stack";
import { outputsIn } from "../stack/outputs";
import { takenStack } from "../stack/taken";
import { requireOwnFile } from "../stack/teardown";
import { lostObjects, refreshLost } from "../stack/lost-objects";
import { requireSameBackend } from "../stack/same-backend";
import { showSeat } from "../stack/summary";
import { upText } from "../stack/time-line";
import { commandsOf } from "../targets";
import { openWorkspace } from "../stack/workspace";

export interface UpOptions {
  stack?: string;
  /** First drops from the state what the seat's cluster no longer has. */
  heal?: boolean;
  /** The stack was moved to the currently chosen backend. */
  backendMoved?: boolean;
}

/**
 * `npm run up`: makes a running seat, whatever exists before. It installs and builds what this machine lacks, and
 * repairs what a killed run or a lost seat left.
 * It then runs the preflight checks and `pulumi up`, and waits until the seat answers. It ends with the outputs and
 * suggestions.
 */
export async function up(options: UpOptions, notice?: string): Promise<void> {
  const started = Date.now();
  if (notice !== undefined) say(notice);
  const stack = await takenStack(options.stack, { to: "make", say, isMoved: options.backendMoved });
  requireStackName(stack);
  if (!options.backendMoved) requireSameBackend(stack);
  const commands = commandsOf(stack);
  commands.preconditions();
  await runSteps(commands.stages(fileConfig(stack)));

  const workspace = openWorkspace();
  linkEngine(workspace.env.PULUMI_HOME!);
  await runSteps([[[providerStep(workspace)]]]);
  say(providerLine(workspace));

  (await afterCrash(workspace, [stack], say)).forEach(say);
  if (options.backendMoved) await acceptMovedStack(workspace, stack);
  await requireOwnFile(workspace, stack);
  await selectStack(workspace, stack);
  const env = await readyForUp(
    workspace,
    stack,
    say,
    options.heal ? () => healer().heal(workspace, stack, say) : undefined,
  );

  const engineStarted = Date.now();
  const goesOn = onStack(stack, "`npm run up` continues from here; `npm run down` removes everything.");
  const run = () =>
    withEventLog(async (log) => {
      const args = ["up", "--yes", "--skip-preview", "--suppress-outputs", "--stack", stack, ...log.args];
      const code = await runEngine(args, { ...env, ...log.env }, { again: goesOn });
      return { code, events: log.read() };
    });
  let { code, events } = await run();
  const lost = code === 0 ? [] : lostObjects(events);
  if (lost.length > 0) {
    await refreshLost({ env }, stack, lost, say);
    ({ code, events } = await run());
  }
  if (code !== 0) {
    throw new UserError(`The seat is not up: pulumi's message is above. After you have fixed the cause, ${goesOn}`);
  }
  const state = await awaitSeat(workspace, stack, engineStarted, say);
  await showSeat(workspace, stack, outputsIn(state));
  say(upText(events, started));
}

/** Loaded only for `--heal`, because it loads the libraries of every target. */
function healer(): typeof import("../stack/heal") {
  return require("../stack/heal") as typeof import("../stack/heal");
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
