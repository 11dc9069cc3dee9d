import { pastRunsIn } from "../stack/answers";
import { pulumiOutput, type Workspace } from "../stack/workspace";
import { programChanges } from "./program";
import { changeText } from "./text";

/** A run in a stack's history, of which only these parts are read. */
interface PastRun {
  readonly kind: string;
  readonly result: string;
  /** Holds `pulumi.flag.target` where the run was for some resources only. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly resourceChanges?: Readonly<Record<string, number>>;
}

/** How many past runs are read. */
const RUNS = 20;

/**
 * Tells what a refresh has taken over from the cluster into the state since the last whole `up`: what `up` would change,
 * a line each. Asks for a preview only where the stack's history has such a refresh.
 */
export async function takenOver(
  workspace: Workspace,
  stack: string,
): Promise<{ readonly lines: readonly string[]; readonly unknown?: string }> {
  try {
    const words = ["stack", "history", "--json", "--page-size", String(RUNS), "--stack", stack];
    if (!isRefreshed(pastRunsIn<PastRun>(await pulumiOutput(workspace, words)))) return { lines: [] };
  } catch (error) {
    if (error instanceof TypeError) throw error;
    return { lines: [], unknown: error instanceof Error ? error.message : String(error) };
  }
  const { changes, unknown } = await programChanges(workspace, stack);
  return unknown === undefined ? { lines: changes.map(changeText) } : { lines: [], unknown };
}

/**
 * Whether a refresh may have changed the state since the last whole `up`, newest run first. One that failed, or does not
 * say what it changed, may have. So may one that is older than what was read.
 */
function isRefreshed(runs: readonly PastRun[]): boolean {
  const isWhole = ({ environment = {} }: PastRun) =>
    !["target", "exclude"].some((flag) => environment[`pulumi.flag.${flag}`] !== undefined);
  const up = runs.findIndex((run) => run.kind === "update" && run.result === "succeeded" && isWhole(run));
  if (up < 0 && runs.length >= RUNS) return true;
  return runs.slice(0, up < 0 ? runs.length : up).some((run) => run.kind === "refresh" && !hasChangedNothing(run));
}

function hasChangedNothing({ result, resourceChanges }: PastRun): boolean {
  return (
    result === "succeeded" &&
    resourceChanges !== undefined &&
    Object.entries(resourceChanges).every(([op, count]) => op === "same" || count === 0)
  );
}
