import type { Settings } from "../../config";
import type { SeatFacts } from "../class/preflight/facts";
import type { TargetProof } from "../class/proof/target-proof";
import type { Finding, PreflightContext } from "../preflight/finding";
import type { Stage } from "../terminal/progress";
import type { RawConfig } from "../stack/config-file";

/** What the commands do otherwise on a target. Each loads its libraries when it is asked: nobody waits for those of another target. */
export interface TargetCommands {
  /** What this machine must have before anything is built. @throws UserError that names all that is missing. */
  preconditions(): void;
  /** What is built or fetched, once, for a stack with this config. */
  stages(config: RawConfig["config"]): Stage[];
  /** Asked by `npm run preflight`, and by `npm run up` before anything is made; undefined where a seat's machine is asked by `preconditions` alone. */
  findings?(context: PreflightContext): Promise<Finding[]>;
  /** The same for the seats of a class together. */
  classFindings(seats: readonly SeatFacts[]): Finding[] | Promise<Finding[]>;
  /** How it is known that nothing of a seat is left. */
  proof(): TargetProof;
  /** What only one seat of a class can have: its key, and what identifies it. @default nothing */
  readonly unique?: { readonly key: string; of(settings: Settings): string | undefined };
}
