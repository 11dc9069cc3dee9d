/** One trainee's seat of a class; its name is its stack's. */
export interface RosterSeat {
  readonly seat: string;
  readonly trainee: string;
  readonly email?: string;
  /** When it may be destroyed: the seat's own, or the class'. Undefined: never by `class expire`. */
  readonly expires?: Date;
  /** Config of this seat alone: path without namespace (`canary.reviews`, `azure.vmSize`) → value. Laid over the class'. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Where it stands in the roster, e.g. `line 3`. */
  readonly at: string;
}

/** A class as its roster says, valid as a whole. */
export interface Roster {
  /** The file's name without extension: the class' name. */
  readonly name: string;
  /** The file, absolute. */
  readonly file: string;
  /** The stack whose config file every new seat begins with. @default embedded */
  readonly from: string;
  /** Config of every seat, by path as in a seat's own. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly seats: readonly RosterSeat[];
}

/** Config laid over all seats for one verb, path → value: `--set`, or a step of a canary. `up` writes it into the seats' stack files; `preview` does not. */
export type Overlay = Readonly<Record<string, unknown>>;

/** How one seat came out of a verb. */
export type Outcome<R = unknown> = { readonly seat: RosterSeat; readonly seconds: number } & (
  | { readonly status: "done"; readonly result: R }
  /** `trouble`: one line for the board; `log`: the file with everything. */
  | { readonly status: "failed"; readonly trouble: string; readonly log?: string }
  | { readonly status: "interrupted" }
  /** Not begun: an earlier one failed with --fail-fast, or Ctrl-C. */
  | { readonly status: "skipped" }
);

export type Phase = "waiting" | "running" | "retrying" | "done" | "failed" | "interrupted" | "skipped";

/** A row of the board. Never a secret. */
export interface BoardRow {
  readonly seat: string;
  readonly trainee: string;
  readonly phase: Phase;
  /** Milliseconds since the seat was begun; of one that ended, what it took. */
  readonly elapsed: number;
  /** What it does now, or came to, in a few words. */
  readonly doing: string;
  /** The last line of trouble. */
  readonly trouble?: string;
  readonly gatewayUrl?: string;
}

/** What a board shows. */
export interface Board {
  readonly class: string;
  /** `up`, `destroy`, `check`, `status` … */
  readonly verb: string;
  readonly started: Date;
  /** Undefined while it runs. */
  readonly ended?: Date;
  readonly rows: readonly BoardRow[];
}

/** One change of one seat, without anything that names the seat. */
export interface Change {
  readonly op: "create" | "update" | "delete" | "replace";
  /** Kind and name: `VirtualService default/reviews`; for what is no Kubernetes object Pulumi's type and name. */
  readonly object: string;
  readonly kind: string;
  /** For update and replace alone; in the order of the paths. */
  readonly fields: readonly { readonly path: string; readonly before: unknown; readonly after: unknown }[];
}

/** Seats with exactly the same changes. */
export interface Group {
  readonly seats: readonly string[];
  readonly changes: readonly Change[];
}
