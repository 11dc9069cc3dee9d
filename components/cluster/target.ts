import type { Settings } from "../../config";
import type { Cluster } from "./cluster";

/** Everything the program knows of a target. Its folder exports one; targets.ts lists them. What commands do otherwise there is in cli/targets. */
export interface TargetDefinition {
  /** The type of its component, by which a state names it. */
  readonly component: string;
  /** Whether the cluster is somebody's: a seat there is deleted object by object, and nothing else. */
  readonly isSomebodys: boolean;
  /** Whether a seat is a node of this machine: it has the stack's name and a folder of that name, and its images are built here. */
  readonly isNodeHere: boolean;
  /** Whether it costs by the hour. */
  readonly isRented: boolean;
  /** How the mesh's gateway is reached there. */
  serviceType(settings: TargetSettings): ServiceType;
  /** Makes its component, and loads the SDKs for it. */
  create(name: string, settings: TargetSettings): Cluster;
}

/** The type of the gateway's Service. */
export type ServiceType = "NodePort" | "LoadBalancer" | "ClusterIP";

/** The stack's settings, as far as targets see them: none knows which others there are. */
export type TargetSettings = Omit<Settings, "target">;
