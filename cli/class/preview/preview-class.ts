import { StackNotFoundError } from "@pulumi/pulumi/automation";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import type { Class } from "../class";
import { stackOf } from "../engine";
import type { Change, Group, Outcome, Overlay } from "../model";
import { seatFileText } from "../roster/seat-file";
import { madeReady } from "../run/made-ready";
import { operation } from "../run/operation";
import { ownSeats } from "../run/owned";
import { overSeats, type OverSeatsOptions } from "../run/over-seats";
import { fold } from "./fold";
import { changesOf } from "./steps";
import { Throwaway } from "./throwaway";

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
