import type { Settings } from "../../config";
import type { PreflightSeat } from "../class";
import type { TargetPower } from "./power";
import type { TargetProof } from "./proof";
import type { Finding, PreflightContext } from "../preflight/finding";
import type { RawConfig } from "../stack/config-file";
import type { Deployment } from "../stack/stack";
import type { Workspace } from "../stack/workspace";
import type { Stage } from "../terminal/progress";

/**
 * What the commands do differently on a target. Each function loads its libraries on first use, so that nobody waits
 * for those of another target.
 */
export interface TargetCommands {
  /** Checks what this machine must have before anything is built. @throws UserError that names all that is missing. */
  preconditions(): void;
  /** What is built or fetched once for a stack with this config. */
  stages(config: RawConfig["config"]): Stage[];
  /**
   * Checks of `npm run preflight`, and of `npm run up` before anything is made. Undefined where `preconditions` covers
   * the whole check.
   */
  findings?(context: PreflightContext): Promise<Finding[]>;
  /** Like `findings`, for all seats of a class together. */
  classFindings(seats: readonly PreflightSeat[]): Finding[] | Promise<Finding[]>;
  /** What is known about a seat's cluster. Asked before the state forgets anything of it. @param state with secrets */
  clusterStatus(workspace: Workspace, stack: string, state: Deployment): Promise<ClusterStatus>;
  /** The proof that nothing of a seat is left. */
  proof(): TargetProof;
  /** Whether the machine of a seat exists, according to this machine. @default the stack's state decides */
  isHere?(stack: string, settings: Settings): Promise<boolean>;
  /**
   * The kubeconfig of a cluster that is older than the seat.
   * @default the seat's own
   * @throws UserError where the config selects none
   */
  kubeconfig?(settings: Settings): string;
  /** Whether a seat that was made can be asked now. @default it can */
  isAwake?(stack: string, settings: Settings): Promise<boolean>;
  /**
   * Refuses a seat that is known to be off or gone, with the command that helps.
   * @default none is refused
   * @throws UserError
   */
  requireAwake?(stack: string, settings: Settings): Promise<void>;
  /** The size of the machine if pods get less than the nodes report: thousandths of a CPU, and bytes. */
  sizeOf?(settings: Settings, state: Deployment): { cpu: number; memory: number };
  /**
   * `npm run start`: starts the machines of a seat and names them.
   * @default they are never shut down, or `up` starts them
   */
  start?(stack: string, state: Deployment): Promise<string>;
  /**
   * Turns the machines of a seat off and on, for `class stop` and `class start`. Undefined where they are somebody
   * else's.
   */
  power?(): TargetPower;
  /**
   * When the machines of a seat are shut down each day, with this machine's local time. Undefined where they are not.
   */
  shutdown?(settings: Settings): string | undefined;
  /** Further lines for the user's own shell, which `up` prints last. */
  shellLines?(stack: string, settings: Settings): string[];
  /**
   * A setting that must differ between the seats of a class: its key, and the value that must be unique.
   * @default nothing
   */
  readonly unique?: { readonly key: string; of(settings: Settings): string | undefined };
}

/** What is known about a seat's cluster. Asked before the state forgets anything of it. */
export type ClusterStatus = (
  | /** It is gone, with the evidence: another cluster answers in its place, or its provider no longer has it. */
    { readonly is: "lost"; readonly evidence: string }
    /** It answers. Asking it shows what was lost inside. */
  | { readonly is: "there"; readonly seen: string }
  /** Neither is known. Unreachable does not mean gone, so nothing may be forgotten. */
  | { readonly is: "unknown"; readonly seen: string; readonly todo: string }
) & {
  /** Azure's own ids of the VMs that are proven gone. */
  readonly goneVms?: readonly string[];
};
