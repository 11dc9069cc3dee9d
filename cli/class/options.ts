/** Options of every verb, as commander gives them. */
export interface ClassOptions {
  /** The roster's file. */
  roster: string;
  /** The stack whose config file new seats begin with; a CSV roster names none itself. */
  from?: string;
  /** Only these seats of the roster. */
  only?: string[];
  /** The id that the roster's stacks carry, where it is not the one that is noted here. */
  classId?: string;
}

/** Options of the verbs that work on several seats at a time. */
export interface ManyOptions extends ClassOptions {
  /** Seats at the same time, as text. */
  concurrency?: string;
  /** False by `--fail-fast`. */
  continueOnError?: boolean;
  failFast?: boolean;
}

/** `--json`, `--html FILE`, `--junit FILE` of the verbs that end with a table. */
export interface TableOptions {
  json?: boolean;
  html?: string;
  junit?: string;
}
