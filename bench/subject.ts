import * as path from "node:path";
import { engineRoot } from "../cli/stack/engine";
import { pulumiEnvironment } from "../test/support/bare-pulumi";
import { Checkout, userEnvironment } from "../test/support/checkout";
import type { Setting } from "./row";
import { timed, type Command, type Ran } from "./run";

/** A checkout that is measured: a copy of it, with a state, a stack and seats of its own. */
export class Subject {
  private environment?: Promise<Record<string, string>>;

  private constructor(
    readonly name: string,
    readonly lab: Checkout,
    private readonly stack: string,
    private readonly signal: AbortSignal,
  ) {}

  /** Copies the checkout. @param stack the stack that its commands work on */
  static async create(
    { name, folder }: Setting["checkouts"][number],
    stack: string,
    { signal }: Setting,
  ): Promise<Subject> {
    signal.throwIfAborted();
    return new Subject(name, await Checkout.create("installed", "istio-lab-bench-", folder), stack, signal);
  }

  /** Runs `npm run -s NAME -- ARGUMENTS`. */
  npm(name: string, args: readonly string[] = [], more: Partial<Command> = {}): Promise<Ran> {
    this.environment = name === "up" ? undefined : this.environment;
    return timed({
      file: "npm",
      args: ["run", "-s", name, "--", ...args],
      cwd: this.lab.root,
      env: userEnvironment(),
      signal: this.signal,
      ...more,
    });
  }

  /** Runs `npm run up` or `npm run down` on the stack. */
  moved(command: "up" | "down"): Promise<Ran> {
    return this.npm(command, ["--stack", this.stack]);
  }

  /** Runs Pulumi's CLI on the stack, with no npm in front of it. */
  async pulumi(args: readonly string[], more: Partial<Command> = {}): Promise<Ran> {
    const env = await this.env();
    return timed({
      file: "pulumi",
      args: [...args, "--stack", this.stack, "--non-interactive"],
      cwd: this.lab.root,
      env,
      signal: this.signal,
      ...more,
    });
  }

  /** The variables in which the CLI works. They are asked for once, because npm takes a second. */
  async env(): Promise<Record<string, string>> {
    return (this.environment ??= pulumiEnvironment(this.lab).then((env) => ({
      ...env,
      PATH: `${path.join(engineRoot(env.PULUMI_HOME!), "bin")}${path.delimiter}${process.env.PATH}`,
    })));
  }

  async output(name: string): Promise<string> {
    return (await this.pulumi(["stack", "output", name])).stdout.trim();
  }
}
