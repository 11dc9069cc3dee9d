import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa, type ResultPromise } from "execa";
import { parseDocument } from "yaml";
import { engineRoot } from "../../cli/stack/engine";
import { leftCgroups } from "../../embedded/node/cgroups";
import { projectRoot } from "../../base/paths";
import { binary } from "../../embedded/toolchain";
import { forgetCheckout, noteCheckout } from "./made-checkouts";
import { waitingForSeat } from "./seat-waits";

/** The output and exit code of a README command. */
export interface Ended {
  exitCode: number;
  /** Standard output and standard error, in their original order. */
  all: string;
  stdout: string;
}

type Started = ResultPromise<{ all: true; reject: false; encoding: "utf8" }> &
  Promise<{ exitCode?: number; all: string; stdout: string }>;

/** Whether it is some stack's config, and not the project's. */
const isStackFile = (name: string) => /^Pulumi\..+\.yaml$/.test(name);

async function indexedStackFiles(source: string): Promise<string[]> {
  const { stdout } = await execa("git", ["ls-files", "-z", "--cached"], { cwd: source });
  return stdout.split("\0").filter(isStackFile);
}

/** How a command runs, beyond the user's own environment. */
export interface Circumstances {
  env?: Record<string, string>;
  /** A program that runs the command, and its arguments (`setpriv …`). */
  under?: string[];
  /** "pipe" lets a test end the standard input of a command that it starts. Default: there is none. */
  stdin?: "pipe";
}

/**
 * A copy of this checkout in its own folder with its own `.lab`, like a second clone. Tests run README's commands
 * there as a user does. They touch neither the user's state nor the user's seat.
 */
export class Checkout {
  /** The output of `npm run -s env`, until a command may have changed it. */
  private shellEnvironment?: Promise<Record<string, string>>;

  private constructor(
    readonly root: string,
    private readonly circumstances: Circumstances = {},
  ) {}

  /**
   * Copies the files that git tracks or would add. A link shares the installed packages, where they are wanted.
   * Stack files are copied as git's index has them: `npm run up` writes its salt into the checkout's own, and README's
   * walks change weights there. Another state's salt makes Pulumi refuse the passphrase.
   * @param prefix the start of the folder's name
   * @param source the checkout that is copied
   */
  static async create(
    packages: "installed" | "missing" = "installed",
    prefix = "istio-lab-",
    source = projectRoot,
  ): Promise<Checkout> {
    const root = fs.mkdtempSync(path.resolve(os.tmpdir(), prefix));
    noteCheckout(root);
    const { stdout } = await execa("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: source,
    });
    const present = stdout.split("\0").filter((name) => name && fs.existsSync(path.join(source, name)));
    for (const file of present.filter((name) => !isStackFile(name))) {
      fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      fs.copyFileSync(path.join(source, file), path.join(root, file));
    }
    await execa("git", ["checkout-index", "--force", `--prefix=${root}/`, "--", ...(await indexedStackFiles(source))], {
      cwd: source,
    });
    if (packages === "installed") fs.symlinkSync(path.join(source, "node_modules"), path.join(root, "node_modules"));
    return new Checkout(root);
  }

  /** Returns an existing checkout. */
  static at(root: string): Checkout {
    return new Checkout(root);
  }

  /** Returns the text of the embedded seat's config file, after it replaced the text where one is given. */
  stackFile(text?: string): string {
    const file = path.join(this.root, "Pulumi.embedded.yaml");
    if (text !== undefined) fs.writeFileSync(file, text);
    return fs.readFileSync(file, "utf8");
  }

  /**
   * Sets keys in the embedded seat's config file before the seat is created. A test about the seat rather than its
   * lessons passes `{ lessons: ["backend"] }`.
   * @param name another stack's file
   */
  configure(keys: Record<string, unknown>, name = "Pulumi.embedded.yaml"): this {
    const file = path.join(this.root, name);
    const config = parseDocument(fs.readFileSync(file, "utf8"));
    for (const [key, value] of Object.entries(keys)) config.setIn(["config", `istio-lab:${key}`], value);
    fs.writeFileSync(file, String(config));
    return this;
  }

  /** Returns the same checkout in other circumstances, such as another user's. */
  under(circumstances: Circumstances): Checkout {
    return new Checkout(this.root, circumstances);
  }

  /** Runs `npm run -s <command>` to its end; any exit code is accepted. */
  async run(...command: string[]): Promise<Ended> {
    const run = async () => result(await this.start(...command));
    return movesSeat(command) ? waitingForSeat(run) : run();
  }

  /** Starts `npm run -s <command>` in its own process group, so that a test can kill all of it as a crash would. */
  start(...command: string[]): Started {
    return this.begin(command);
  }

  private begin(command: string[], input?: string): Started {
    const [name, ...args] = command;
    if (changesEnvironment(command)) this.shellEnvironment = undefined;
    const { env = {}, under = [] } = this.circumstances;
    return this.spawn([...under, "npm", "run", "-s", name!, ...(args.length > 0 ? ["--", ...args] : [])], env, input);
  }

  private spawn([file, ...args]: string[], env: Record<string, string>, input?: string): Started {
    return execa(file!, args, {
      cwd: this.root,
      env: { ...userEnvironment(), ...env },
      extendEnv: false,
      all: true,
      reject: false,
      ...(input === undefined ? { stdin: this.circumstances.stdin ?? "ignore" } : { input }),
      detached: true,
    }) as never;
  }

  /** Runs kubectl with a text on its standard input; the test fails when kubectl fails. */
  async kubectlWith(input: string, ...args: string[]): Promise<string> {
    return must(`kubectl ${args.join(" ")}`, await this.tool("kubectl", args, input)).stdout;
  }

  /** Like `run`, but a non-zero exit code fails the test and shows everything printed. */
  async ok(...command: string[]): Promise<Ended> {
    return must(`npm run ${command.join(" ")}`, await this.run(...command));
  }

  /** Runs a command line from a message in a shell; the test fails when the command fails. */
  async typed(line: string): Promise<Ended> {
    this.shellEnvironment = undefined;
    const run = async () => result(await this.spawn(["sh", "-ec", line], this.circumstances.env ?? {}));
    return must(line, await (/ (up|down)\b/.test(line) ? waitingForSeat(run) : run()));
  }

  /**
   * Runs Pulumi on the selected stack, as in a shell with the variables of `npm run -s env`. This saves the second
   * that npm and the CLI take to start.
   */
  async pulumi(...args: string[]): Promise<Ended> {
    return must(`pulumi ${args.join(" ")}`, await this.pulumiEnds(...args));
  }

  /** Like `pulumi`; any exit code is accepted. */
  async pulumiEnds(...args: string[]): Promise<Ended> {
    const run = () => this.tool("pulumi", [...args, "--non-interactive"]);
    return movesSeat(["pulumi", ...args]) ? waitingForSeat(run) : run();
  }

  /** Runs kubectl on the selected stack's seat, as in a shell with the variables of `npm run -s env`. */
  async kubectl(...args: string[]): Promise<string> {
    return must(`kubectl ${args.join(" ")}`, await this.tool("kubectl", args)).stdout;
  }

  /** Like `kubectl`; any exit code is accepted. */
  kubectlEnds(...args: string[]): Promise<Ended> {
    return this.tool("kubectl", args);
  }

  async output(name: string): Promise<string> {
    return (await this.pulumi("stack", "output", name)).stdout.trim();
  }

  private async tool(name: "kubectl" | "pulumi", args: string[], input?: string): Promise<Ended> {
    // Another user or another backend has its own environment.
    if (Object.keys(this.circumstances).length > 0) return result(await this.begin([name, ...args], input));
    const env = await this.environment();
    // Without a seat, the command itself prints that.
    if (name === "kubectl" && env.KUBECONFIG === undefined) return result(await this.begin([name, ...args], input));
    const file = name === "kubectl" ? binary("kubectl") : path.join(engineRoot(env.PULUMI_HOME!), "bin", "pulumi");
    if (changesEnvironment([name, ...args])) this.shellEnvironment = undefined;
    return result(
      await this.spawn(
        [file, ...args],
        { ...env, PATH: `${path.dirname(file)}${path.delimiter}${process.env.PATH}` },
        input,
      ),
    );
  }

  private environment(): Promise<Record<string, string>> {
    return (this.shellEnvironment ??= this.ok("env").then(
      ({ stdout }) => exportsIn(stdout),
      (error: Error) => {
        this.shellEnvironment = undefined;
        throw error;
      },
    ));
  }

  seatFolder(stack = "embedded"): string {
    return path.join(this.root, ".lab", "seats", stack);
  }

  /**
   * Deletes the seats and the folder. @throws Error where something of a seat is left: without the folder nobody
   * would find it again
   */
  async remove(): Promise<void> {
    const seats = path.join(this.root, ".lab", "seats");
    for (const seat of fs.existsSync(seats) ? fs.readdirSync(seats) : []) {
      const { all } = await waitingForSeat(() => this.run("embedded", "delete", "--seat", seat));
      const left = leftCgroups(path.join(seats, seat));
      if (left.length > 0)
        throw new Error(`Left of a seat: ${left.join(", ")}. Its folder stays: ${this.root}\n${all}`);
    }
    forgetCheckout(this.root);
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

/** Parses a command's output as JSON. The test fails with everything printed where it is not JSON. */
export function jsonOf<T>(ended: Ended): T {
  try {
    return JSON.parse(ended.stdout) as T;
  } catch (error) {
    throw new Error(`No JSON on standard output (exit code ${ended.exitCode}):\n${ended.all}`, { cause: error });
  }
}

function result(ended: { exitCode?: number; all: string; stdout: string }): Ended {
  return { exitCode: ended.exitCode ?? 1, all: ended.all, stdout: ended.stdout };
}

function must(command: string, ended: Ended): Ended {
  if (ended.exitCode !== 0) throw new Error(`${command} ended with ${ended.exitCode}:\n${ended.all}`);
  return ended;
}

/** Whether a command creates, changes or removes a seat. Its time counts as waiting for seats. */
function movesSeat([name, ...args]: string[]): boolean {
  return name === "up" || name === "down" || (name === "pulumi" && ["up", "destroy"].includes(args[0]!));
}

/** Whether a command may select another stack, or replace a cluster whose kubeconfig `env` has stored. */
function changesEnvironment([name, ...args]: string[]): boolean {
  if (name === "pulumi") return !["preview", "config"].includes(args[0]!) && !["output", "export"].includes(args[1]!);
  return ["up", "down", "start", "class", "embedded"].includes(name!);
}

/** Parses the variables of `export NAME='VALUE'` lines. */
function exportsIn(lines: string): Record<string, string> {
  const found = [...lines.matchAll(/^export (\w+)='((?:[^']|'\\'')*)'$/gm)];
  return Object.fromEntries(found.map(([, name, value]) => [name!, value!.replaceAll("'\\''", "'")]));
}

/** Returns this environment without the variables of the test runner and of the user's own Pulumi. */
export function userEnvironment(): Record<string, string> {
  const own =
    /^(PULUMI_|VITEST|NODE_ENV$|NODE_OPTIONS$|npm_|INIT_CWD$|KUBECONFIG$|TEST$|MODE$|DEV$|PROD$|BASE_URL$|SSR$)/;
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] => !own.test(entry[0]) && entry[1] !== undefined,
  );
  // Nothing listens on that port, so no test asks Microsoft for a price.
  return { ...Object.fromEntries(kept), ISTIO_LAB_AZURE_PRICES: "http://127.0.0.1:9/" };
}
