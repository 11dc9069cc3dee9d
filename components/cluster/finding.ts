/** The result of one check that runs before anything is created. */
export interface Finding {
  /** The subject of the check, e.g. `NodePort 31602`. */
  readonly name: string;
  /** `refused`: the seat is not created. `notice`: the user should know it, or the check cannot tell. */
  readonly status: "ok" | "refused" | "notice";
  /** What the check found, with names and amounts. */
  readonly seen: string;
  /** What the user can do about it, with a command where there is one. */
  readonly todo?: string;
}
