import pLimit from "p-limit";
import { attributes, testSuites } from "../../check/junit";
import type { Class } from "../class";
import type { Board } from "../model";
import { ownSeats } from "../run/owned";
import { statusOf, type SeatStatus } from "./seat-status";

/** How all seats are, and when that was. */
export interface ClassStatus {
  readonly class: string;
  readonly at: Date;
  readonly seconds: number;
  readonly seats: readonly SeatStatus[];
}

/** Looks at every seat, some at a time. */
export async function statusOfClass(of: Class, concurrency: number): Promise<ClassStatus> {
  const at = new Date();
  const there = await ownSeats(of, "read");
  const limit = pLimit(concurrency);
  const seats = await Promise.all(of.roster.seats.map((seat) => limit(() => statusOf(of, seat, there.has(seat.seat)))));
  return { class: of.roster.name, at, seconds: (Date.now() - at.getTime()) / 1000, seats };
}

export function isUp({ seats }: ClassStatus): boolean {
  return seats.every(({ phase }) => phase === "done");
}

/** For the terminal and the page. One that is watched goes on: its page loads itself again. */
export function statusBoard({ class: name, at, seconds, seats }: ClassStatus, watched = false): Board {
  return { class: name, verb: "status", started: at, ...(!watched && { ended: new Date(at.getTime() + seconds * 1000) }), rows: seats };
}

export function statusJson({ class: name, at, seats }: ClassStatus): string {
  return `${JSON.stringify({ class: name, verb: "status", at, seats: seats.map(({ elapsed: _, ...rest }) => rest) }, null, 2)}\n`;
}

/** A case a seat: one that is not up has failed. */
export function statusJunit({ class: name, seconds, seats }: ClassStatus): string {
  const counts = { tests: seats.length, failures: seats.filter(({ phase }) => phase !== "done").length, errors: 0, skipped: 0 };
  const cases = seats.map((seat) => {
    const head = `    <testcase${attributes({ classname: `${name}.status`, name: `${seat.seat} is up`, time: seat.elapsed / 1000 })}>`;
    const failure = seat.phase === "done" ? [] : [`      <failure${attributes({ message: seat.trouble ?? seat.doing, type: seat.phase })}/>`];
    return [head, ...failure, "    </testcase>"].join("\n");
  });
  const suite = [`  <testsuite${attributes({ name: "status", ...counts, time: seconds })}>`, ...cases, "  </testsuite>"].join("\n");
  return testSuites(`class ${name}`, counts, seconds, [suite]);
}
