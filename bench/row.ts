/** What a figure must be: at most so many times the yardstick's of the same round, or at most so much. */
export type Must = { readonly ratio: number } | { readonly most: number };

/** One number that a row measures. */
export interface Figure {
  /** What is measured, in a few words. */
  readonly name: string;
  readonly unit: "s" | "MB";
  readonly must?: Must;
}

/** The values of one contestant in one round, by the names of the row's figures. It may lack some. */
export type Sample = Readonly<Record<string, number>>;

/** Whoever is measured: a checkout, or the yardstick that checkouts are compared with. */
export interface Contestant {
  readonly name: string;
  readonly isYardstick: boolean;
  /** Measures once. It first brings about what it needs, and that time does not count. */
  sample(): Promise<Sample>;
}

/** Things that several rows need, such as a cluster. They are made once, and removed after the last round. */
export interface Scene {
  /** Whether a round visits the contestants one by one, each with all rows. Otherwise it goes row by row. */
  readonly byContestant: boolean;
  close(): Promise<void>;
}

/** How a scene is made. Rows with the same one share it. */
export type OpenScene<S extends Scene> = (setting: Setting) => Promise<S>;

/** What the user chose for a run. */
export interface Setting {
  /** The checkouts that are measured, each with the name that the table gives it. The first is this one. */
  readonly checkouts: readonly { readonly name: string; readonly folder: string }[];
  readonly say: (line: string) => void;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** A row of the bench: what one name of `npm run bench -- NAME` measures. */
export interface Row<S extends Scene> {
  readonly name: string;
  readonly title: string;
  readonly figures: readonly Figure[];
  readonly open: OpenScene<S>;
  contestants(scene: S): readonly Contestant[];
}
