import type { KubeObject } from "../../../kube";
import { nameOf } from "./commands";
import { mapAt } from "./json";

/** How sure it is that a pod is a StorageClass' provisioner. */
export type Tie = "is" | "may be" | "is not";

/** Provisioners whose pods do not name them: the pod's name, as their own manifests give it. */
const podNames: Readonly<Record<string, RegExp>> = {
  "k8s.io/minikube-hostpath": /^storage-provisioner(-|$)/,
  "rancher.io/local-path": /^local-path-provisioner-/,
  "microk8s.io/hostpath": /^hostpath-provisioner-/,
  "ebs.csi.aws.com": /^ebs-csi-/,
  "disk.csi.azure.com": /^csi-azuredisk-/,
  "file.csi.azure.com": /^csi-azurefile-/,
};

/**
 * Whether a pod is the provisioner. CSI drivers and nfs-subdir name it in the pod's spec: in an argument, a variable or a volume. Other known ones have pods of
 * their own name. Any other name only says that a pod is some provisioner.
 * @param others provisioners of the cluster's other classes
 */
export function tieOf(pod: KubeObject, provisioner: string, others: readonly string[] = []): Tie {
  const known = [provisioner, ...others, ...Object.keys(podNames)].filter((one) => names(pod, one) || podNames[one]?.test(nameOf(pod)));
  if (known.length > 0) return known.includes(provisioner) ? "is" : "is not";
  return podNames[provisioner] === undefined && /provisioner|-csi-|^csi-/.test(nameOf(pod)) ? "may be" : "is not";
}

function names(pod: KubeObject, provisioner: string): boolean {
  const escaped = provisioner.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\w.-])${escaped}(?![\\w-]|\\.\\w)`).test(JSON.stringify(mapAt(pod, "spec")));
}
