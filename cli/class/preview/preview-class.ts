import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type Stack, StackNotFoundError } from "@pulumi/pulumi/automation";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { projectRoot } from "../../../embedded/paths";
import { fileUrl } from "../../stack/backend";
import { pulumiOutput, type Workspace } from "../../stack/workspace";
import type { Class } from "../class";
import { stackOf } from "../engine";
import type { Change, Group, Outcome, Overlay } from "../model";
import { seatFileText } from "../roster/seat-file";
import { operation } from "../run/operation";
import { overSeats, type OverSeatsOptions } from "../run/over-seats";
import { ownSeats } from "../run/owned";
import { madeReady } from "../run/prepare";
import { changesOf, fold } from "./steps";

/** What `up` would change in a class. */
export interface ClassPreview {
  /** Seats by what would change, the largest group first; the others are outliers. A group without changes is one too. */
  readonly groups: readonly Group[];
  /** Seats of which no preview could be made. */
  readonly failed: readonly Outcome[];
}

/** The engine's preview of every seat, folded. Builds or fetches what this machine lacks for it, as `up` does; writes no stack file and no state. */
export async function previewClass(wanted: Class, overlay: Overlay, options: Omit<OverSeatsOptions, "verb">): Promise<ClassPreview> {
  const of = await madeReady(wanted, overlay, (line) => void process.stderr.write(`${line}\n`));
  // Of somebody else's stack of that name there is nothing to preview: `up` would refuse it.
  await ownSeats(of, "read");
  const { workspace, roster } = of;
  const throwaway = new Throwaway(workspace);
  try {
    const outcomes = await overSeats(of, { ...options, verb: "preview" }, async (seat, line, signal): Promise<Change[]> => {
      line.doing("reading its stack");
      const configFile = throwaway.configFile(seat.seat, seatFileText(roster, seat, overlay));
      const stack = await stackOf(workspace, seat.seat).catch((error: unknown) => {
        if (error instanceof StackNotFoundError) return throwaway.stack(seat.seat);
        throw error;
      });
      signal.throwIfAborted();
      line.doing("previewing");
      const events: EngineEvent[] = [];
      await operation({ ...line, doing: () => undefined }, signal, (operating) => stack.preview({ ...operating, configFile, onEvent: (event) => (events.push(event), operating.onEvent(event)) }));
      const changes = changesOf(events, seat.seat);
      line.doing(changes.length === 0 ? "no change" : `${changes.length} to change`);
      return changes;
    });
    const done = outcomes.flatMap((outcome) => (outcome.status === "done" ? [[outcome.seat.seat, outcome.result] as const] : []));
    return { groups: fold(new Map(done)), failed: outcomes.filter(({ status }) => status !== "done") };
  } finally {
    throwaway.remove();
  }
}

/**
 * A folder for the time of a preview, removed as a whole afterwards: the config that is previewed, seat by seat, and a backend for stacks that do not exist.
 * The engine previews no stack that it has not initialised, and in the user's own backend a preview would leave one behind.
 */
class Throwaway {
  private readonly root = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-preview-"));

  constructor(private readonly workspace: Workspace) {
    for (const folder of ["project", "state"]) fs.mkdirSync(path.join(this.root, folder));
    fs.copyFileSync(path.join(projectRoot, "Pulumi.yaml"), path.join(this.root, "project", "Pulumi.yaml"));
  }

  /** A config file for the engine's `--config-file`, which may write its salt into it. */
  configFile(seat: string, text: string): string {
    const file = path.join(this.root, `${seat}.yaml`);
    fs.writeFileSync(file, text, { mode: 0o600 });
    return file;
  }

  /** An empty stack of that name. It is initialised from a folder beside the checkout: the engine writes a stack file where it does that. */
  async stack(seat: string): Promise<Stack> {
    const env = { ...this.workspace.env, PULUMI_BACKEND_URL: `${fileUrl(path.join(this.root, "state"))}?metadata=skip` };
    await pulumiOutput({ ...this.workspace, env }, ["--cwd", path.join(this.root, "project"), "stack", "init", seat, "--no-select", "--non-interactive"]);
    return stackOf({ ...this.workspace, env }, seat);
  }

  remove(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}
