import { LocalWorkspace, PulumiCommand, Stack, type OutputMap } from "@pulumi/pulumi/automation";
import { execa } from "execa";
import { projectRoot } from "../../embedded/paths";
import { engineStarted } from "../terminal/ending/engines";
import { engineRoot, linkEngine } from "../stack/engine";
import { learnSecrets } from "../stack/settings";
import { RUNNER_MARK, thisRunner } from "../stack/orphans";
import type { Workspace } from "../stack/workspace";

/** What the SDK gives a command to run, and the parts of it that its types leave out: `PulumiCommand.run` is marked internal. */
type Run = (args: string[], cwd: string, env: Record<string, string>, onOutput?: (text: string) => void, onError?: (text: string) => void, signal?: AbortSignal) => Promise<Result>;
interface Result {
  readonly stdout: string;
}
const { CommandResult } = require("@pulumi/pulumi/automation/cmd") as { CommandResult: new (stdout: string, stderr: string, code: number) => Result };
const { createCommandError } = require("@pulumi/pulumi/automation/errors") as { createCommandError(result: Result): Error };

/**
 * A seat's stack in Pulumi's Automation API: a CLI process for each operation, in this checkout's workspace, so that plain `pulumi` sees the same stack,
 * file and state. The user's *selected* stack stays what it is. An operation is interrupted by the `signal` of its options.
 * @throws StackNotFoundError where there is no such stack and `create` is not said
 */
export async function stackOf(workspace: Workspace, seat: string, create?: "create"): Promise<Stack> {
  const local = await LocalWorkspace.create({ workDir: projectRoot, envVars: workspace.env, pulumiCommand: await commandOf(workspace) });
  const pulumi = (...args: string[]) => inOwnGroup(args, projectRoot, workspace.env);
  // The SDK's own `select` writes into PULUMI_HOME which stack is selected: thirty seats would end with a random one.
  local.selectStack = async (name) => void (await pulumi("stack", "--stack", name));
  local.createStack = async (name) => void (await pulumi("stack", "init", name, "--no-select"));
  // The SDK's own asks for the secrets as well; what nobody has read nobody can print.
  local.stackOutputs = async (name) => withoutSecrets((await pulumi("stack", "output", "--json", "--stack", name)).stdout);
  await learnSecrets(workspace, seat);
  const stack = create ? await Stack.createOrSelect(seat, local) : await Stack.select(seat, local);
  // After each operation the SDK reads the stack's history, in a process of its own: nobody here wants it.
  stack.info = async () => undefined;
  return stack;
}

function withoutSecrets(json: string): OutputMap {
  const all = Object.entries(JSON.parse(json) as Record<string, unknown>);
  return Object.fromEntries(all.map(([name, value]) => [name, { value, secret: value === "[secret]" }]));
}

/** The CLI is asked for its version once and not for each seat. */
async function commandOf({ env }: Workspace): Promise<PulumiCommand> {
  linkEngine(env.PULUMI_HOME!);
  const root = engineRoot(env.PULUMI_HOME!);
  const known = commands.get(root) ?? PulumiCommand.get({ root, skipVersionCheck: true }).then((command) => Object.assign(command, { run: inOwnGroup }));
  commands.set(root, known);
  return known;
}
const commands = new Map<string, Promise<PulumiCommand>>();

/**
 * Runs the CLI in a process group of its own. In the terminal's group Ctrl-C would reach it twice, by the terminal and by `signal`, and a second
 * interrupt makes the engine stop at once, with operations left open.
 */
const inOwnGroup: Run = async (args, cwd, env, onOutput, onError, signal) => {
  const all = args.includes("--non-interactive") ? args : [...args, "--non-interactive"];
  const process = execa("pulumi", all, { cwd, env: { ...env, PULUMI_AUTOMATION_API: "true", [RUNNER_MARK]: thisRunner() }, detached: true, reject: false, stripFinalNewline: false, stdin: "ignore" });
  process.stdout.setEncoding("utf8").on("data", (text: string) => onOutput?.(text));
  process.stderr.setEncoding("utf8").on("data", (text: string) => onError?.(text));
  const ended = process.pid === undefined ? () => undefined : engineStarted(process.pid);
  const interrupt = () => void process.kill("SIGINT");
  if (signal?.aborted) interrupt();
  signal?.addEventListener("abort", interrupt);
  try {
    const { stdout, stderr, exitCode, failed, shortMessage } = await process;
    const result = new CommandResult(stdout, exitCode === undefined ? `${stderr}\n${shortMessage ?? ""}` : stderr, exitCode ?? -2);
    if (failed) throw createCommandError(result);
    return result;
  } finally {
    ended();
    signal?.removeEventListener("abort", interrupt);
  }
};
