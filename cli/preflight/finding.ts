import type { Settings } from "../../config";
import type { Deployment } from "../stack";
import type { Workspace } from "../workspace";

export type { Finding } from "../../components/cluster/finding";

/** What a target's own module beside this one (`findings(context)`) is told. The stack exists, and its config is valid. */
export interface PreflightContext {
  readonly stack: string;
  /** The stack's config as the program gets it. */
  readonly settings: Settings;
  readonly workspace: Workspace;
  /** What the stack has already. */
  readonly state: Deployment;
}
