/** One thing that was looked at before anything is made. */
export interface Finding {
  /** What was looked at, e.g. `NodePort 31602`. */
  readonly name: string;
  /** `refused`: the seat is not made. `notice`: to be known, or not to be told from here. */
  readonly status: "ok" | "refused" | "notice";
  /** What was seen there, with its names and amounts. */
  readonly seen: string;
  /** What to do about it, a command where there is one. */
  readonly todo?: string;
}
