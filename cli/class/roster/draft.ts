/** A roster as it is written, before anything of it is believed; the same of CSV and of YAML. */
export interface Draft {
  readonly from?: unknown;
  /** Of every seat that says none. */
  readonly expires?: unknown;
  /** Of every seat. */
  readonly config: unknown;
  readonly seats: readonly DraftSeat[];
}

export interface DraftSeat {
  /** `line 3` */
  readonly at: string;
  readonly seat?: unknown;
  readonly trainee?: unknown;
  readonly email?: unknown;
  readonly expires?: unknown;
  /** Config paths, or keys with maps. */
  readonly config?: unknown;
}
