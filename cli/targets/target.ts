import type { Settings } from "../../config";
import type { SeatFacts } from "../class";
import type { TargetProof } from "./proof";
import type { Finding, PreflightContext } from "../preflight/finding";
import type { RawConfig } from "../stack/config-file";
import type { Deployment } from "../stack/stack";
import type { Workspace } from "../stack/workspace";
import type { Stage } from "../terminal/progress";

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
  /** What is known of the cluster that a seat is in, before anything of it is forgotten. @param state with secrets */
  standing(workspace: Workspace, stack: string, state: Deployment): Promise<Standing>;
  /** How it is known that nothing of a seat is left. */
  proof(): TargetProof;
  /** Whether the machine of a seat is there, asked of this machine. @default the stack's state says it */
  isHere?(stack: string, settings: Settings): Promise<boolean>;
  /** The kubeconfig of a cluster that was there before the seat. @default the seat's own @throws UserError where the config leads to none */
  kubeconfig?(settings: Settings): string;
  /** Whether a seat that was made can be asked now. @default it can */
  isAwake?(stack: string, settings: Settings): Promise<boolean>;
  /** Refuses a seat that is known to be off or gone, with the command that helps. @default none is @throws UserError */
  requireAwake?(stack: string, settings: Settings): Promise<void>;
  /** The size of the machine, where pods may have less of it than its nodes say: thousandths of a CPU, and bytes. */
  sizeOf?(settings: Settings, state: Deployment): { cpu: number; memory: number };
  /** `npm run start`: starts the machines of a seat, and says which. @default they are never shut down, or `up` starts them */
  start?(stack: string, state: Deployment): Promise<string>;
  /** When the machines of a seat are shut down each day, by the clocks of this machine; undefined where they are not. */
  shutdown?(settings: Settings): string | undefined;
  /** Further lines for the user's own shell, which `up` prints last. */
  shellLines?(stack: string, settings: Settings): string[];
  /** What only one seat of a class can have: its key, and what identifies it. @default nothing */
  readonly unique?: { readonly key: string; of(settings: Settings): string | undefined };
}

/** What is known of a seat's cluster before anything of it is forgotten. */
export type Standing = (
  | /** It is gone, and this is how that is known: another cluster answers in its place, or who had it says that it is there no more. */
    { readonly is: "lost"; readonly evidence: string }
    /** It answers: what it lost inside is found by asking it. */
  | { readonly is: "there"; readonly seen: string }
  /** Neither. Unreachable is not gone: nothing may be forgotten. */
  | { readonly is: "unknown"; readonly seen: string; readonly todo: string }
) & {
  /** Azure's own ids of the VMs that are proven gone. */
  readonly goneVms?: readonly string[];
};
