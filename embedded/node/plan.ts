import type { Layout } from "./layout";
import type { Shared } from "./shared";

/** What the parts of a node have to know of it. */
export interface NodePlan {
  layout: Layout;
  /** The node's name in Kubernetes, and its host name. */
  name: string;
  /** The node's address, at which host and pods reach it. */
  address: string;
  /** How containerd keeps images: `overlayfs`, or `native` (copies) where the folder's filesystem cannot be overlaid. */
  snapshotter: "overlayfs" | "native";
  /** What it uses of the cache. */
  shared: Shared;
}

/** The Service addresses every cluster has. */
export const API_SERVICE_ADDRESS = "10.96.0.1";
export const DNS_SERVICE_ADDRESS = "10.96.0.10";

/** Where the apiserver listens, on all of the seat's own addresses. */
export const API_PORT = 6443;
/** Where containerd listens, inside the seat. */
export const CONTAINERD_SOCKET = "/run/containerd/containerd.sock";
/** Where a seat sees the image store. */
export const IMAGE_STORE = "/images";
