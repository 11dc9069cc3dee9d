import * as path from "node:path";
import { execa } from "execa";
import { engineFolder } from "../../cli/stack/engine";
import { userEnvironment, type Checkout, type Ended } from "./checkout";

/** Runs `pulumi ARGUMENTS`; the test fails when the command fails. */
export type BarePulumi = (...args: string[]) => Promise<Ended>;

/**
 * Returns Pulumi's CLI for a checkout's stacks, with the variables that `npm run -s env` prints. A test that only
 * reads or prepares something saves the start of npm and of this program. Those take two thirds of the time of `npm
 * run -s pulumi -- stack export`.
 */
export async function barePulumi(lab: Checkout): Promise<BarePulumi> {
  const exports = [...(await lab.ok("env")).stdout.matchAll(/^export (\w+)='(.*)'$/gm)].map(
    ([, name, value]): [string, string] => [name!, value!],
  );
  if (!exports.some(([name]) => name === "PULUMI_BACKEND_URL")) throw new Error("npm run -s env names no backend");
  const env = {
    ...userEnvironment(),
    ...Object.fromEntries(exports),
    PATH: `${engineFolder()}${path.delimiter}${process.env.PATH}`,
  };
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
