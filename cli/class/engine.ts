import { LocalWorkspace, PulumiCommand, Stack, type OutputMap } from "@pulumi/pulumi/automation";
import { execa } from "execa";
import { projectRoot } from "../../base/paths";
import { engineStarted } from "../terminal/ending/engines";
import { engineRoot, linkEngine } from "../stack/engine";
import { learnSecrets } from "../stack/settings";
import { RUNNER_MARK, thisRunner } from "../stack/orphans";
import type { Workspace } from "../stack/workspace";

/** How the SDK runs a command. Its types leave this out: `PulumiCommand.run` is marked internal. */
type Run = (
  args: string[],
  cwd: string,
  env: Record<string, string>,
  onOutput?: (text: string) => void,
  onError?: (text: string) => void,
  signal?: AbortSignal,
) => Promise<Result>;
interface Result {
  readonly stdout: string;
}
const { CommandResult } = require("@pulumi/pulumi/automation/cmd") as {
  CommandResult: new (stdout: string, stderr: string, code: number) => Result;
};
const { createCommandError } = require("@pulumi/pulumi/automation/errors") as {
  createCommandError(result: Result): Error;
};

/**
 * Opens a seat's stack in Pulumi's Automation API. Each operation is a CLI process in this checkout's workspace, so
 * that plain `pulumi` sees the same stack, file and state. The user's *selected* stack stays selected. The `signal` in
 * its options interrupts an operation.
 * @throws StackNotFoundError where the stack does not exist and `how` is not "create"
 */
export async function stackOf(workspace: Workspace, seat: string, create?: "create"): Promise<Stack> {
  const local = await LocalWorkspace.create({
    workDir: projectRoot,
    envVars: workspace.env,
    pulumiCommand: await commandOf(workspace),
  });
  const pulumi = (...args: string[]) => inOwnGroup(args, projectRoot, workspace.env);
  // The SDK's `select` would write the selected stack into PULUMI_HOME, so a class would leave a random one selected.
  local.selectStack = async (name) => void (await pulumi("stack", "--stack", name));
  local.createStack = async (name) => void (await pulumi("stack", "init", name, "--no-select"));
  // The SDK also reads secrets here. A secret that is never read cannot be printed.
  local.stackOutputs = async (name) =>
    withoutSecrets((await pulumi("stack", "output", "--json", "--stack", name)).stdout);
  await learnSecrets(workspace, seat);
  const stack = create ? await Stack.createOrSelect(seat, local) : await Stack.select(seat, local);
  // After each operation the SDK reads the stack's history in another process. Nothing here needs it.
  stack.info = async () => undefined;
  return stack;
}

function withoutSecrets(json: string): OutputMap {
  const all = Object.entries(JSON.parse(json) as Record<string, unknown>);
  return Object.fromEntries(all.map(([name, value]) => [name, { value, secret: value === "[secret]" }]));
}

/** Asks the CLI for its version once, not once per seat. */
async function commandOf({ env }: Workspace): Promise<PulumiCommand> {
  linkEngine(env.PULUMI_HOME!);
  const root = engineRoot(env.PULUMI_HOME!);
  const known =
    commands.get(root) ??
    PulumiCommand.get({ root, skipVersionCheck: true }).then((command) => Object.assign(command, { run: inOwnGroup }));
  commands.set(root, known);
  return known;
}
const commands = new Map<string, Promise<PulumiCommand>>();

/**
 * Runs the CLI in its own process group. In the terminal's group, Ctrl-C would reach it twice, from the terminal and
 * from `signal`. A second interrupt stops the engine at once, with operations left open.
 */
const inOwnGroup: Run = async (args, cwd, env, onOutput, onError, signal) => {
  const all = args.includes("--non-interactive") ? args : [...args, "--non-interactive"];
  const process = execa("pulumi", all, {
    cwd,
    env: { ...env, PULUMI_AUTOMATION_API: "true", [RUNNER_MARK]: thisRunner() },
    detached: true,
    reject: false,
    stripFinalNewline: false,
    stdin: "ignore",
  });
  process.stdout.setEncoding("utf8").on("data", (text: string) => onOutput?.(text));
  process.stderr.setEncoding("utf8").on("data", (text: string) => onError?.(text));
  const ended = process.pid === undefined ? () => undefined : engineStarted(process.pid);
  const interrupt = () => void process.kill("SIGINT");
  if (signal?.aborted) interrupt();
  signal?.addEventListener("abort", interrupt);
  try {
    const { stdout, stderr, exitCode, failed, shortMessage } = await process;
    const result = new CommandResult(
      stdout,
      exitCode === undefined ? `${stderr}\n${shortMessage ?? ""}` : stderr,
      exitCode ?? -2,
    );
    if (failed) throw createCommandError(result);
    return result;
  } finally {
    ended();
    signal?.removeEventListener("abort", interrupt);
  }
};
