import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type Stack, StackNotFoundError } from "@pulumi/pulumi/automation";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { projectRoot } from "../../../base/paths";
import { fileUrl } from "../../stack/backend";
import { pulumiOutput, type Workspace } from "../../stack/workspace";
import { type Change, changesOf, stepsOf } from "../../preview/changes";
import type { Class, Group, Outcome, Overlay } from "../model";
import { stackOf } from "../engine";
import { seatFileText } from "../roster/seat-file";
import { operation } from "../run/operation";
import { overSeats, type OverSeatsOptions } from "../run/over-seats";
import { ownSeats } from "../run/owned";
import { prepareClass } from "../run/prepare";
import { fold } from "./fold";

/** What `up` would change in a class. */
export interface ClassPreview {
  /**
   * Seats by equal changes, the largest group first; the others are outliers. Seats without changes are a group too.
   */
  readonly groups: readonly Group[];
  /** Seats whose preview failed. */
  readonly failed: readonly Outcome[];
}

/**
 * Previews every seat with the engine, and groups equal results. Builds or fetches what this machine lacks, as `up`
 * does. Writes no stack file and no state.
 */
export async function previewClass(
  wanted: Class,
  overlay: Overlay,
  options: Omit<OverSeatsOptions, "verb">,
): Promise<ClassPreview> {
  const cls = await prepareClass(wanted, overlay, (line) => void process.stderr.write(`${line}\n`));
  // `up` would refuse somebody else's stack of that name, so there is nothing to preview.
  await ownSeats(cls, "read");
  const { workspace, roster } = cls;
  const throwaway = new Throwaway(workspace);
  try {
    const outcomes = await overSeats(
      cls,
      { ...options, verb: "preview" },
      async (seat, line, signal): Promise<Change[]> => {
        line.doing("reading its stack");
        const configFile = throwaway.configFile(seat.seat, seatFileText(roster, seat, overlay));
        const stack = await stackOf(workspace, seat.seat).catch((error: unknown) => {
          if (error instanceof StackNotFoundError) return throwaway.stack(seat.seat);
          throw error;
        });
        signal.throwIfAborted();
        line.doing("previewing");
        const events: EngineEvent[] = [];
        await operation({ ...line, doing: () => undefined }, signal, (operating) =>
          stack.preview({
            ...operating,
            configFile,
            onEvent: (event) => (events.push(event), operating.onEvent(event)),
          }),
        );
        const changes = changesOf(stepsOf(events), seat.seat);
        line.doing(changes.length === 0 ? "no change" : `${changes.length} to change`);
        return changes;
      },
    );
    const done = outcomes.flatMap((outcome) =>
      outcome.status === "done" ? [[outcome.seat.seat, outcome.result] as const] : [],
    );
    return { groups: fold(new Map(done)), failed: outcomes.filter(({ status }) => status !== "done") };
  } finally {
    throwaway.remove();
  }
}

/**
 * A temporary folder for a preview, with each seat's config and a backend for stacks that do not exist yet. The engine
 * previews only initialized stacks, and in the user's own backend each would remain afterwards.
 */
class Throwaway {
  private readonly root = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-preview-"));

  constructor(private readonly workspace: Workspace) {
    for (const folder of ["project", "state"]) fs.mkdirSync(path.join(this.root, folder));
    fs.copyFileSync(path.join(projectRoot, "Pulumi.yaml"), path.join(this.root, "project", "Pulumi.yaml"));
  }

  /** Writes a config file for the engine's `--config-file`. The engine may write its salt into it. */
  configFile(seat: string, text: string): string {
    const file = path.join(this.root, `${seat}.yaml`);
    fs.writeFileSync(file, text, { mode: 0o600 });
    return file;
  }

  /**
   * Creates an empty stack of that name. Initializing writes a stack file into the working folder, so it runs in a
   * folder outside the checkout.
   */
  async stack(seat: string): Promise<Stack> {
    const env = {
      ...this.workspace.env,
      PULUMI_BACKEND_URL: `${fileUrl(path.join(this.root, "state"))}?metadata=skip`,
    };
    await pulumiOutput({ ...this.workspace, env }, [
      "--cwd",
      path.join(this.root, "project"),
      "stack",
      "init",
      seat,
      "--no-select",
      "--non-interactive",
    ]);
    return stackOf({ ...this.workspace, env }, seat);
  }

  remove(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}
