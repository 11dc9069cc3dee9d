import { randomUUID } from "node:crypto";
import * as os from "node:os";
import * as path from "node:path";
import type { Class, RosterSeat } from "../../../../cli/class/model";
import type { SeatLine } from "../../../../cli/class/run/over-seats";

/** A class of so many seats, with nothing behind it; its folder is for those to make who write to it. */
export function aClass(seats: number, name = "istio-101"): Class {
  const folder = path.join(os.tmpdir(), `istio-lab-class-${randomUUID()}`);
  return {
    roster: {
      name,
      file: `/rosters/${name}.csv`,
      from: "embedded",
      config: {},
      seats: Array.from({ length: seats }, (_, index) => aSeat(index + 1)),
    },
    workspace: { env: {} },
    folder,
    id: randomUUID(),
  };
}

export function aSeat(number: number): RosterSeat {
  const name = `seat-${String(number).padStart(2, "0")}`;
  return { seat: name, trainee: `Trainee ${number}`, config: {}, at: `line ${number + 1}` };
}

/** Standard error as a file has it: keeps what is written, and nobody can redraw it. */
export function paper(screen?: { columns: number; rows: number }): NodeJS.WriteStream & { written: string } {
  const out = {
    written: "",
    isTTY: screen !== undefined,
    ...screen,
    write: (text: string) => ((out.written += text), true),
    on: () => out,
    off: () => out,
  };
  return out as never;
}

/** A seat's line that notes what it is told. */
export function notedLine(): SeatLine & { said: string[] } {
  const said: string[] = [];
  const note = (kind: string) => (text: string) => void said.push(`${kind}: ${text}`);
  return {
    said,
    doing: note("doing"),
    trouble: note("trouble"),
    retrying: note("retrying"),
    gatewayUrl: note("gatewayUrl"),
    log: note("log"),
  };
}
