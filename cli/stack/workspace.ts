import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { masked } from "../../base/secret-mask";
import { makeLab } from "../../base/lab";
import { labRoot, projectRoot } from "../../base/paths";
import { providerInUse } from "../../embedded";
import { chosenBackend, lockFolder, ownBackendUrl, ownState, userHome } from "./backend";
import { engineFolder, officialEngine } from "./engine";
import { UserError } from "../../base/errors";
import { RUN_MARK } from "./orphans";
import { passphraseFile, wrongPassphrase } from "./passphrase";

/** Where the Pulumi CLI works: its binaries, home and backend, and how secrets are encrypted. */
export interface Workspace {
  /** Environment for the CLI, on top of the user's. Holds paths, never a secret's text. */
  env: Record<string, string>;
  /** The folder of our own local state; undefined where the user has another backend. */
  state?: string;
  /**
   * The folder of the user's own backend if its locks belong to this machine. Locks of dead processes may be broken
   * there.
   */
  locks?: string;
  /** The folder of the Pulumi CLI; undefined while it is neither built nor downloaded here. */
  engine?: string;
}

/**
 * How many resources the engine works on at the same time. Its own default is four for each core. On two cores the two
 * dozen apps of a seat would take turns by eights, at `up` and at `down`, while each of them only waits for its pods.
 */
export const AT_ONCE = 64;

/**
 * The workspace of this checkout. A backend, home or passphrase that the user has set is kept.
 * Defaults are local: state under `.lab/state`, a generated passphrase file with mode 0600, a Pulumi home under
 * `.lab/pulumi`.
 */
export function openWorkspace(): Workspace {
  makeLab();
  const env: Record<string, string> = {
    PULUMI_SKIP_UPDATE_CHECK: "true",
    [RUN_MARK]: projectRoot,
    // Types are checked by `npm test`; checking them again at every preview costs seconds.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    ...(process.env.PULUMI_PARALLEL === undefined && { PULUMI_PARALLEL: String(AT_ONCE) }),
  };
  const { by, own } = chosenBackend();
  if (by === "checkout") {
    fs.mkdirSync(ownState(), { recursive: true, mode: 0o700 });
    env.PULUMI_BACKEND_URL = ownBackendUrl();
  }
  env.PULUMI_HOME = pulumiHome();
  if (process.env.PULUMI_CONFIG_PASSPHRASE === undefined && !process.env.PULUMI_CONFIG_PASSPHRASE_FILE) {
    env.PULUMI_CONFIG_PASSPHRASE_FILE = passphraseFile();
  }
  // Where the Kubernetes plugin could not be downloaded, no other can. Five attempts for each would cost every run
  // seconds.
  if (providerInUse(env.PULUMI_HOME) === "stand-in") env.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION = "true";
  const engine = engineFolder() ?? officialEngine(env.PULUMI_HOME);
  if (engine) env.PATH = `${engine}${path.delimiter}${process.env.PATH ?? ""}`;
  return { env, engine, state: own ? ownState() : undefined, locks: own ? undefined : lockFolder() };
}

/** The home of the Pulumi that commands here run. It has the plugins and the selected stack. */
export function pulumiHome(): string {
  return process.env.PULUMI_HOME ?? (chosenBackend().by === "login" ? userHome() : path.join(labRoot(), "pulumi"));
}

/** Whether there is a Pulumi CLI. Creates nothing. */
export function isEngineHere(): boolean {
  return (engineFolder() ?? officialEngine(pulumiHome())) !== undefined;
}

/** The Pulumi CLI failed. */
export class PulumiFailed extends UserError {
  /** @param said what it printed about the failure, without secrets */
  constructor(
    args: readonly string[],
    readonly said: string,
  ) {
    super(masked(`pulumi ${args.join(" ")} failed:\n${said}`));
  }
}

/** Runs the Pulumi CLI and returns what it printed. @throws {PulumiFailed} */
export async function pulumiOutput(
  workspace: Workspace,
  args: string[],
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<string> {
  const run = await execa("pulumi", args, {
    cwd: projectRoot,
    env: workspace.env,
    reject: false,
    stdin: "ignore",
    ...(signal !== undefined && { cancelSignal: signal }),
  });
  // If secrets were requested, stdout contains them.
  const said =
    run.stderr ||
    (args.includes("--show-secrets") ? "" : run.stdout) ||
    `it ended with ${run.exitCode ?? run.signal ?? run.code}`;
  if (run.failed && /incorrect passphrase/.test(said)) throw new UserError(wrongPassphrase(whatOf(args)));
  if (run.failed) throw new PulumiFailed(args, masked(said));
  return run.stdout;
}

/** Names the stack of a command. */
function whatOf(args: readonly string[]): string {
  const at = args.indexOf("--stack");
  return at >= 0 && args[at + 1] !== undefined ? `stack ${args[at + 1]}` : "this stack";
}

/** Replaces a stack's checkpoint by one in the format of `pulumi stack export`. */
export async function importStack(workspace: Workspace, stack: string, checkpoint: unknown): Promise<void> {
  const run = await execa("pulumi", ["stack", "import", "--stack", stack], {
    cwd: projectRoot,
    env: workspace.env,
    input: JSON.stringify(checkpoint),
    reject: false,
  });
  if (run.failed) throw new UserError(masked(`The state of stack ${stack} could not be changed:\n${run.stderr}`));
}
