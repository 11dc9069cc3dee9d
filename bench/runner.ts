import { setTimeout as sleep } from "node:timers/promises";
import { commandOf } from "../base/process-id";
import { Classroom } from "../test/support/roster";
import { descendants, isOutsideSeats, proportionalSize } from "./processes";
import type { Row } from "./row";
import { EachAlone } from "./scenes/each-alone";
import type { Subject } from "./subject";

/** A class of two seats, both worked on at the same time, with the smallest lesson. */
const SEATS = ["anna", "bela"];
/** Reading the size of all processes takes a tenth of a second. */
const BETWEEN_MS = 500;

export const runner: Row<EachAlone> = {
  name: "runner",
  title: "memory of a class' runner while it makes seats, proportional set size",
  figures: [
    { name: "for each seat", unit: "MB", must: { most: 280 } },
    { name: "the runner itself", unit: "MB" },
  ],
  open: EachAlone.open,
  contestants: (scene) => scene.contestants(peak),
};

async function peak(subject: Subject): Promise<Record<string, number>> {
  const room = new Classroom(subject.lab, {
    from: "embedded",
    config: { lessons: ["blog"], addons: [] },
    seats: SEATS.map((seat) => ({ seat, trainee: `Trainee ${seat}` })),
  });
  const most = { seats: 0, itself: 0 };
  let isWatched = true;
  let watching = Promise.resolve();
  const started = (pid: number) => void (watching = watch(pid));
  try {
    await subject.npm("class", room.args("up", ["--concurrency", String(SEATS.length)]), { started });
  } finally {
    isWatched = false;
    await watching;
  }
  await subject.npm("class", room.args("destroy", ["--yes"]));
  return { "for each seat": most.seats / SEATS.length, "the runner itself": most.itself };

  async function watch(root: number): Promise<void> {
    for (; isWatched; await sleep(BETWEEN_MS)) {
      const { seats, itself } = sizes(descendants(root).filter(isOutsideSeats));
      most.seats = Math.max(most.seats, seats);
      most.itself = Math.max(most.itself, itself);
    }
  }
}

/** The sizes now: of npm and the runner's own process, and of everything that the runner has started for its seats. */
function sizes(pids: readonly number[]): { seats: number; itself: number } {
  const own = pids.filter((pid) => isRunner(commandOf(pid)));
  const sum = (some: readonly number[]) => some.reduce((total, pid) => total + proportionalSize(pid), 0);
  return { itself: sum(own), seats: sum(pids.filter((pid) => !own.includes(pid))) };
}

export function isRunner(command: readonly string[]): boolean {
  return command.includes("cli/run.mjs") || /^npm run |cli\/run\.mjs/.test(command.join(" "));
}
