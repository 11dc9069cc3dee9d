import { seatFolder } from "../../embedded/paths";
import { elapsed } from "../elapsed";
import { linkEngine } from "../engine";
import { UserError } from "../errors";
import { heal } from "../heal";
import { requirePreflight } from "../preflight/run";
import { runSteps } from "../progress";
import { providerLine, providerStep } from "../provider";
import { DEFAULT_STACK, exportStack, requireStackName, selectStack, type Deployment } from "../stack";
import { afterCrash, clearPending, halfMadeSeat } from "../recovery";
import { showSeat } from "../summary";
import { commandsOf, requireTarget } from "../targets";
import { inTerminal, openWorkspace, type Workspace } from "../workspace";

export interface UpOptions {
  stack?: string;
  /** First drops what the seat's cluster no longer has. */
  heal?: boolean;
}

/**
 * `npm run up`: from whatever is there to a running seat. Installs and builds what this machine lacks, puts right what
 * a killed run or a lost seat left, asks what may be in the way, runs `pulumi up`, and ends with the outputs and what to try.
 */
export async function up(options: UpOptions): Promise<void> {
  const started = Date.now();
  const stack = options.stack ?? DEFAULT_STACK;
  requireStackName(stack);
  const commands = commandsOf(stack);
  commands.preconditions();
  await runSteps(commands.stages(stack));

  const workspace = openWorkspace();
  linkEngine(workspace.env.PULUMI_HOME!);
  await runSteps([[[providerStep(workspace)]]]);
  say(providerLine(workspace));

  afterCrash(workspace, stack).forEach(say);
  await selectStack(workspace, stack);
  const before = await exportStack(workspace, stack);
  if (before.pending > 0) say(await clearPending(workspace, stack));
  (await halfMadeSeat(seatFolder(stack), before)).forEach(say);
  if (options.heal) await heal(workspace, stack);
  await requirePreflight(workspace, stack, say);

  const code = await inTerminal("pulumi", ["up", "--yes", "--skip-preview", "--suppress-outputs", "--stack", stack], environment(workspace, stack, before));
  if (code !== 0) {
    throw new UserError("The seat is not up: pulumi's message is above. Once the cause is mended, `npm run up` goes on from here; `npm run down` takes everything away.");
  }
  await showSeat(workspace, stack);
  say(`Up in ${elapsed(started)}.`);
}

/**
 * In a cluster that is somebody's, what is there already is nobody's to take over, except right after a killed run, which has left objects that the state
 * does not know. The SDK and the plugin read the variable.
 */
function environment({ env }: Workspace, stack: string, before: Deployment): Record<string, string> {
  return requireTarget(stack) === "existing" && before.pending > 0 ? { ...env, PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true" } : env;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
