import * as path from "node:path";
import { execa } from "execa";
import { engineFolder } from "../../cli/stack/engine";
import { userEnvironment, type Checkout, type Ended } from "./checkout";

/** Runs `pulumi ARGUMENTS`; the test fails when the command fails. */
export type BarePulumi = (...args: string[]) => Promise<Ended>;

/** Returns the environment in which `pulumi` works on a checkout's stacks: the variables of `npm run -s env`. */
export async function pulumiEnvironment(lab: Checkout): Promise<Record<string, string>> {
  const exports = [...(await lab.ok("env")).stdout.matchAll(/^export (\w+)='(.*)'$/gm)].map(
    ([, name, value]): [string, string] => [name!, value!],
  );
  const own = Object.fromEntries(exports);
  if (own.PULUMI_BACKEND_URL === undefined) throw new Error("npm run -s env names no backend");
  return { ...userEnvironment(), ...own, PATH: `${engineFolder()}${path.delimiter}${process.env.PATH}` };
}

/**
 * Returns Pulumi's CLI for a checkout's stacks, with the variables that `npm run -s env` prints. A test that only
 * reads or prepares something saves the start of npm and of this program. Those take two thirds of the time of `npm
 * run -s pulumi -- stack export`.
 */
export async function barePulumi(lab: Checkout): Promise<BarePulumi> {
  const env = await pulumiEnvironment(lab);
  return async (...args) => {
    const { exitCode, all, stdout } = await execa("pulumi", [...args, "--non-interactive"], {
      cwd: lab.root,
      env,
      extendEnv: false,
      reject: false,
      all: true,
      stdin: "ignore",
    });
    if (exitCode !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${exitCode}:\n${all}`);
    return { exitCode, all, stdout };
  };
}
