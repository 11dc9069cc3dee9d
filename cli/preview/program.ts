import { previewStepsIn } from "../stack/answers";
import { PulumiFailed, pulumiOutput, type Workspace } from "../stack/workspace";
import { type Change, changesOf, type PreviewStep } from "./changes";

/** What the program would change in a stack's state, or why nobody could say. */
export type ProgramChanges =
  | { readonly changes: readonly Change[]; readonly unknown?: undefined }
  | { readonly changes?: undefined; readonly unknown: string };

/** A step of `pulumi preview --json`, of which only these parts are read. */
interface JsonStep extends Omit<PreviewStep, "type" | "old" | "new"> {
  readonly oldState?: PreviewStep["old"];
  readonly newState?: PreviewStep["new"];
}

/**
 * Asks Pulumi what `up` would change. The state is not what the program makes after a change of the config, and after a
 * refresh, which takes over what somebody has changed or deleted on the cluster.
 */
export async function programChanges(
  workspace: Workspace,
  stack: string,
  signal?: AbortSignal,
): Promise<ProgramChanges> {
  try {
    const text = await pulumiOutput(workspace, ["preview", "--json", "--non-interactive", "--stack", stack], {
      signal,
    });
    return { changes: changesOf(previewStepsIn<JsonStep>(text).map(stepOf), stack) };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof TypeError) throw error;
    return { unknown: reasonOf(error) };
  }
}

/** With `--json`, the engine's own errors are in the document. */
function reasonOf(error: unknown): string {
  if (!(error instanceof PulumiFailed)) return error instanceof Error ? error.message : String(error);
  try {
    const { diagnostics } = JSON.parse(error.said) as { diagnostics: { severity: string; message: string }[] };
    const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message.trim());
    return errors.length > 0 ? errors.join("\n") : "the preview failed, and the engine named no error";
  } catch {
    return error.message;
  }
}

function stepOf({ oldState, newState, ...step }: JsonStep): PreviewStep {
  return { ...step, type: (newState ?? oldState)?.type ?? "", old: oldState!, new: newState! };
}

/** How it comes that the program would change the seat, although `up` has ended well before. */
export const WHY_PROGRAM =
  "Either the config was changed and `up` has not run since, or a refresh took over what somebody had changed on the cluster.";
