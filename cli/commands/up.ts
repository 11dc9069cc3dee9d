import { seatFolder } from "../../embedded/paths";
import { elapsed } from "../elapsed";
import { linkEngine } from "../engine";
import { UserError } from "../errors";
import { preconditions } from "../preconditions";
import { runSteps } from "../progress";
import { providerLine, providerStep } from "../provider";
import { embeddedStages } from "../steps";
import { DEFAULT_STACK, exportStack, requireStackName, requireTarget, selectStack } from "../stack";
import { afterCrash, clearPending, halfMadeSeat } from "../recovery";
import { showSeat } from "../summary";
import { inTerminal, openWorkspace } from "../workspace";

/**
 * `npm run up`: from whatever is there to a running seat. Installs and builds what this machine lacks, puts right what
 * a killed run or a lost seat left, runs `pulumi up`, and ends with the outputs and what to try.
 */
export async function up(options: { stack?: string }): Promise<void> {
  const started = Date.now();
  const stack = options.stack ?? DEFAULT_STACK;
  requireStackName(stack);
  requireTarget(stack);
  preconditions();
  await runSteps(embeddedStages());

  const workspace = openWorkspace();
  linkEngine(workspace.env.PULUMI_HOME!);
  await runSteps([[[providerStep(workspace)]]]);
  say(providerLine(workspace));

  afterCrash(workspace, stack).forEach(say);
  await selectStack(workspace, stack);
  const before = await exportStack(workspace, stack);
  if (before.pending > 0) say(await clearPending(workspace, stack));
  (await halfMadeSeat(seatFolder(stack), before)).forEach(say);

  const code = await inTerminal("pulumi", ["up", "--yes", "--skip-preview", "--suppress-outputs", "--stack", stack], workspace.env);
  if (code !== 0) {
    throw new UserError("The seat is not up: pulumi's message is above. Once the cause is mended, `npm run up` goes on from here; `npm run down` takes everything away.");
  }
  await showSeat(workspace, stack);
  say(`Up in ${elapsed(started)}.`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
