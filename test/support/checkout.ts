import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa, type ResultPromise } from "execa";
import { parseDocument } from "yaml";
import { projectRoot } from "../../embedded/paths";

/** What a command of README printed and how it ended. */
export interface Ended {
  exitCode: number;
  /** Standard output and standard error, in the order they came. */
  all: string;
  stdout: string;
}

type Started = ResultPromise<{ all: true; reject: false; encoding: "utf8" }> & Promise<{ exitCode?: number; all: string; stdout: string }>;

/** What a command is run with besides the user's own environment. */
export interface Circumstances {
  env?: Record<string, string>;
  /** A program that runs the command, with its arguments (`setpriv …`). */
  under?: string[];
}

/**
 * A copy of this checkout in a folder of its own, with a `.lab` of its own: what a second clone would be, so that tests
 * run README's commands as a user does and touch neither the user's state nor the user's seat.
 */
export class Checkout {
  private constructor(
    readonly root: string,
    private readonly circumstances: Circumstances = {},
  ) {}

  /** Copies what git tracks, and what it does not ignore; the installed packages are shared by a link, if they are wanted. @param prefix what the folder's name begins with */
  static async create(packages: "installed" | "missing" = "installed", prefix = "istio-lab-"): Promise<Checkout> {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), prefix));
    const { stdout } = await execa("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: projectRoot });
    for (const file of stdout.split("\0").filter((name) => name && fs.existsSync(path.join(projectRoot, name)))) {
      fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      fs.copyFileSync(path.join(projectRoot, file), path.join(root, file));
    }
    if (packages === "installed") fs.symlinkSync(path.join(projectRoot, "node_modules"), path.join(root, "node_modules"));
    return new Checkout(root);
  }

  /** Sets keys of the embedded seat's config file before it is made, e.g. `{ lessons: ["backend"] }` where a test is about the seat and not its lessons. */
  configure(keys: Record<string, unknown>): this {
    const file = path.join(this.root, "Pulumi.embedded.yaml");
    const config = parseDocument(fs.readFileSync(file, "utf8"));
    for (const [key, value] of Object.entries(keys)) config.setIn(["config", `istio-lab:${key}`], value);
    fs.writeFileSync(file, String(config));
    return this;
  }

  /** The same checkout, as a user in other circumstances has it. */
  under(circumstances: Circumstances): Checkout {
    return new Checkout(this.root, circumstances);
  }

  /** `npm run -s <command>` to its end; any exit code. */
  async run(...command: string[]): Promise<Ended> {
    const ended = await this.start(...command);
    return { exitCode: ended.exitCode ?? 1, all: ended.all, stdout: ended.stdout };
  }

  /** `npm run -s <command>` in a process group of its own, so that a test can end the whole of it as a crash would. */
  start(...command: string[]): Started {
    return this.begin(command);
  }

  private begin(command: string[], input?: string): Started {
    const [name, ...args] = command;
    const { env = {}, under = [] } = this.circumstances;
    const [file, ...rest] = [...under, "npm", "run", "-s", name!, ...(args.length > 0 ? ["--", ...args] : [])];
    return execa(file!, rest, {
      cwd: this.root,
      env: { ...userEnvironment(), ...env },
      extendEnv: false,
      all: true,
      reject: false,
      ...(input === undefined ? { stdin: "ignore" } : { input }),
      detached: true,
    }) as never;
  }

  /** kubectl with a text on its standard input; fails the test when it fails. */
  async kubectlWith(input: string, ...args: string[]): Promise<string> {
    const ended = await this.begin(["kubectl", ...args], input);
    if (ended.exitCode !== 0) throw new Error(`kubectl ${args.join(" ")} ended with ${ended.exitCode}:\n${ended.all}`);
    return ended.stdout;
  }

  /** Like `run`, but fails the test with everything printed when the exit code is not zero. */
  async ok(...command: string[]): Promise<Ended> {
    const ended = await this.run(...command);
    if (ended.exitCode !== 0) throw new Error(`npm run ${command.join(" ")} ended with ${ended.exitCode}:\n${ended.all}`);
    return ended;
  }

  async pulumi(...args: string[]): Promise<Ended> {
    return this.ok("pulumi", ...args, "--non-interactive");
  }

  async kubectl(...args: string[]): Promise<string> {
    return (await this.ok("kubectl", ...args)).stdout;
  }

  async output(name: string): Promise<string> {
    return (await this.pulumi("stack", "output", name)).stdout.trim();
  }

  seatFolder(stack = "embedded"): string {
    return path.join(this.root, ".lab", "seats", stack);
  }

  /** Takes the seats down and the folder away. */
  async remove(): Promise<void> {
    const seats = path.join(this.root, ".lab", "seats");
    for (const seat of fs.existsSync(seats) ? fs.readdirSync(seats) : []) await this.run("embedded", "delete", "--seat", seat);
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

/** This environment without what belongs to the test runner or to a Pulumi of the user's own. */
export function userEnvironment(): Record<string, string> {
  const own = /^(PULUMI_|VITEST|NODE_ENV$|NODE_OPTIONS$|npm_|INIT_CWD$|KUBECONFIG$|TEST$|MODE$|DEV$|PROD$|BASE_URL$|SSR$)/;
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => !own.test(entry[0]) && entry[1] !== undefined));
}
