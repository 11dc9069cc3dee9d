import { Cluster } from "../cluster";
import { Severity } from "../host";
import { WholeObject } from "../../../kube";

export interface Look {
  ready: boolean;
  /** Ready, but its status still shows the state before. It is worth another look while the caller waits anyway. */
  settling?: boolean;
  /** Shown on the progress line, in this order. */
  messages?: [Severity, string][];
  /** The API server's sentence, where it refuses the object's pods. The wait ends when it has stood for a while. */
  refusal?: string;
  /** Why it is not ready. These become the reasons of the error on a timeout. */
  problems?: string[];
}

/** Decides when an object of one kind counts as started. */
export interface ReadinessRule {
  /** Seconds to wait if neither the object nor the program sets a timeout. */
  timeout: number;
  /** Reported once at the start. */
  opening?: string;
  /** What to watch besides the object itself, as path and query. */
  also?(o: WholeObject): { path: string; query?: Record<string, string> };
  /** Checks the live object. */
  look(o: WholeObject, cluster: Cluster): Promise<Look> | Look;
  /** Slower checks (pods), made every ten seconds and at the end. */
  details?(o: WholeObject, cluster: Cluster): Promise<string[]>;
  /** Whether a refresh reports an object that is not ready. */
  onRead?: boolean;
}
