import type { Settings } from "../../config";
import type { Cluster } from "./cluster";

/**
 * Everything the program knows about a target. Each target's folder exports one, and targets.ts lists them.
 * cli/targets holds what commands do differently there.
 */
export interface TargetDefinition {
  /** The type of its component, which identifies the target in a state. */
  readonly component: string;
  /**
   * Whether the cluster belongs to somebody else. A seat there is deleted object by object, and nothing else is
   * deleted.
   */
  readonly isSomebodys: boolean;
  /**
   * Whether a seat is a node on this machine. Such a node and its folder have the stack's name, and its images are
   * built here.
   */
  readonly isNodeHere: boolean;
  /** Whether it costs money by the hour. */
  readonly isRented: boolean;
  /** Returns the type of the gateway's Service there. */
  serviceType(settings: TargetSettings): ServiceType;
  /** Creates its component, and loads the SDKs that it needs. */
  create(name: string, settings: TargetSettings): Cluster;
}

export type ServiceType = "NodePort" | "LoadBalancer" | "ClusterIP";

/** The stack's settings, without the target itself: no target knows which others exist. */
export type TargetSettings = Omit<Settings, "target">;
