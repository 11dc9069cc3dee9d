import type { Board, BoardRow, Outcome, Phase, RosterSeat } from "../model";

/** Tells a board's listeners which row changed, and whether it has a new phase or new trouble. */
export type Changed = (row: BoardRow, what: "phase" | "trouble" | "doing") => void;

interface Row {
  readonly seat: RosterSeat;
  phase: Phase;
  begun?: number;
  took?: number;
  doing: string;
  trouble?: string;
  gatewayUrl?: string;
}

/** The board while a verb runs: the work writes it, the terminal and the page read it. */
export class LiveBoard {
  private readonly rows: Map<string, Row>;
  private readonly watchers: Changed[] = [];
  private ended?: Date;

  constructor(
    private readonly name: string,
    private readonly verb: string,
    seats: readonly RosterSeat[],
    private readonly now: () => number = Date.now,
    private readonly started = new Date(now()),
  ) {
    this.rows = new Map(seats.map((seat) => [seat.seat, { seat, phase: "waiting", doing: "" }]));
  }

  watch(watcher: Changed): void {
    this.watchers.push(watcher);
  }

  begin({ seat }: RosterSeat): void {
    this.change(seat, "phase", { phase: "running", begun: this.now() });
  }

  /** After a retry's trouble, the next action shows that the seat continues. */
  doing({ seat }: RosterSeat, text: string): void {
    const { phase } = this.rows.get(seat)!;
    this.change(seat, phase === "retrying" ? "phase" : "doing", {
      doing: text,
      ...(phase === "retrying" && { phase: "running" }),
    });
  }

  trouble({ seat }: RosterSeat, text: string): void {
    this.change(seat, "trouble", { trouble: text });
  }

  retrying({ seat }: RosterSeat, text: string): void {
    this.change(seat, "phase", { phase: "retrying", trouble: text });
  }

  gatewayUrl({ seat }: RosterSeat, url: string): void {
    this.change(seat, "doing", { gatewayUrl: url });
  }

  end(outcome: Outcome): void {
    const { seat } = outcome.seat;
    const row = this.rows.get(seat)!;
    const trouble = outcome.status === "failed" ? outcome.trouble : undefined;
    this.change(seat, "phase", {
      phase: outcome.status,
      trouble,
      ...(row.begun !== undefined && { took: outcome.seconds * 1000 }),
    });
  }

  /** Nothing runs after this. */
  close(): void {
    this.ended = new Date(this.now());
  }

  snapshot(): Board {
    return {
      class: this.name,
      verb: this.verb,
      started: this.started,
      ...(this.ended && { ended: this.ended }),
      rows: [...this.rows.values()].map((row) => this.rowOf(row)),
    };
  }

  private change(seat: string, what: Parameters<Changed>[1], change: Partial<Row>): void {
    const row = Object.assign(this.rows.get(seat)!, change);
    for (const watcher of this.watchers) watcher(this.rowOf(row), what);
  }

  private rowOf({ seat: { seat, trainee }, phase, begun, took, doing, trouble, gatewayUrl }: Row): BoardRow {
    const elapsed = took ?? (begun === undefined ? 0 : this.now() - begun);
    return {
      seat,
      trainee,
      phase,
      elapsed,
      doing,
      ...(trouble !== undefined && { trouble }),
      ...(gatewayUrl !== undefined && { gatewayUrl }),
    };
  }
}
