import { Cluster } from "../cluster";
import { Severity } from "../host";
import { WholeObject } from "../../../kube";

export interface Look {
  ready: boolean;
  /** Ready, but its status still shows what was before: worth another look while one waits anyway. */
  settling?: boolean;
  /** Shown on the progress line, in this order. */
  messages?: [Severity, string][];
  /** Why it is not ready: the reasons of the error when time runs out. */
  problems?: string[];
}

/** When an object of one kind counts as started. */
export interface Rule {
  /** Seconds to wait when neither the object nor the program says. */
  timeout: number;
  /** Said once at the start. */
  opening?: string;
  /** What to watch beside the object itself, as path and query. */
  also?(o: WholeObject): { path: string; query?: Record<string, string> };
  /** Judges the live object. */
  look(o: WholeObject, cluster: Cluster): Promise<Look> | Look;
  /** Slower questions (pods), asked every ten seconds and at the end. */
  details?(o: WholeObject, cluster: Cluster): Promise<string[]>;
  /** A refresh reports an object that is not ready as such. */
  onRead?: boolean;
}
