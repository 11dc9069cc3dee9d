import type { Layout } from "./layout";
import type { Shared } from "./shared";

/** What the parts of a node have to know about it. */
export interface NodePlan {
  layout: Layout;
  /** The node's name in Kubernetes, and its host name. */
  name: string;
  /** The node's address, at which host and pods reach it. */
  address: string;
  /** How containerd keeps images: `overlayfs`, or `native` (copies) where the folder's filesystem cannot be overlaid. */
  snapshotter: "overlayfs" | "native";
  /** The parts of the cache that it uses. */
  shared: Shared;
}

/** The Service addresses every cluster has. */
export const API_SERVICE_ADDRESS = "10.96.0.1";
export const DNS_SERVICE_ADDRESS = "10.96.0.10";

/** The apiserver's port, on all addresses of the seat. */
export const API_PORT = 6443;
/** containerd's socket, inside the seat. */
export const CONTAINERD_SOCKET = "/run/containerd/containerd.sock";
/** The path of the image store inside the seat. */
export const IMAGE_STORE = "/images";
