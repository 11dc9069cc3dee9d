import { execa } from "execa";
import { UserError } from "../../base/errors";
import { singleRun } from "../../base/single-run";
import { targetNamed } from "../../components/cluster/targets";
import { binary, istioctlStep } from "../../embedded";
import { istio } from "../../versions";
import { settingsOf } from "../stack/settings";
import { targetOf } from "../stack/stack";
import type { Workspace } from "../stack/workspace";
import { runSteps } from "../terminal/progress";
import { builtProgram } from "./built-program";

const PROGRAM = "istioctl";

/**
 * Returns istioctl's path for a stack's seat. The program has to be of the same minor release as the seat's Istio. For a
 * seat on this machine the lab builds it, and shows the progress on standard error. Another seat uses that build where
 * there is one, else the user's own.
 * @param say gets one line where the user's own program is used
 * @throws {UserError} with how to get istioctl where this machine has none that fits
 */
export async function istioctlOf(
  workspace: Workspace,
  stack: string,
  say: (line: string) => void = () => undefined,
): Promise<string> {
  if (isBuiltFor(stack)) {
    await build();
    return binary(PROGRAM);
  }
  const { version } = (await settingsOf(workspace, stack)).istio;
  const built = builtIstioctl();
  if (built !== undefined && isOfRelease(istio.version, version)) return built;
  const own = await ownVersion();
  if (own.version === undefined || !isOfRelease(own.version, version))
    throw new UserError(missing(stack, version, own.seen));
  say(`istioctl ${own.version} from PATH is used. The seat of stack ${stack} has Istio ${version}.`);
  return PROGRAM;
}

/** Whether the lab builds the istioctl of a stack's seat. */
export function isBuiltFor(stack: string): boolean {
  return targetNamed(targetOf(stack))?.isNodeHere === true;
}

/** The seats of a class are checked at the same time, and share one build. */
const build = singleRun(() => runSteps([[[istioctlStep()]]], process.stderr));

/** The path of the istioctl that was built here. Undefined where it was not built. */
export function builtIstioctl(): string | undefined {
  return builtProgram(PROGRAM);
}

/** Whether two versions belong to one minor release: `1.31.1` and `1.31.4`. */
export function isOfRelease(one: string, other: string): boolean {
  const minor = (version: string) => /^v?(\d+\.\d+)\./.exec(version)?.[1];
  return minor(one) !== undefined && minor(one) === minor(other);
}

/** The version that the istioctl of PATH reports, and in words what was seen. */
async function ownVersion(): Promise<{ readonly version?: string; readonly seen: string }> {
  const asked = await execa(PROGRAM, ["version", "--remote=false", "--output", "json"], {
    reject: false,
    stdin: "ignore",
    timeout: 30_000,
  });
  if (asked.code === "ENOENT") return { seen: "PATH has none" };
  const version = asked.failed ? undefined : versionIn(asked.stdout);
  return version === undefined
    ? { seen: "the one in PATH does not tell its version" }
    : { version, seen: `the one in PATH is ${version}` };
}

function versionIn(answer: string): string | undefined {
  try {
    const version = (JSON.parse(answer) as { clientVersion?: { version?: unknown } } | null)?.clientVersion?.version;
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}

function missing(stack: string, version: string, seen: string): string {
  const release = /^\d+\.\d+/.exec(version)?.[0];
  return (
    `The seat of stack ${stack} has Istio ${version}, and needs an istioctl of ${release}: ${seen}. ` +
    `Get it from https://github.com/istio/istio/releases/tag/${version}, and put it into a folder of PATH.`
  );
}
