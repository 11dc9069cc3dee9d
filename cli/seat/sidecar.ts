import type { KubeObject } from "../../kube";
import { mapsAt } from "./json";

/** The label or annotation by which a pod itself asks for a sidecar, or for none. */
export const INJECT = "sidecar.istio.io/inject";

/** Whether the pod has Istio's proxy, as a container or as a native sidecar. */
export function hasSidecar(pod: KubeObject): boolean {
  return [...mapsAt(pod, "spec", "containers"), ...mapsAt(pod, "spec", "initContainers")].some(
    ({ name }) => name === "istio-proxy",
  );
}
