import type { KubeObject } from "../../../../kube";
import { kubectl, nameOf, namespaceOf, repair, ref, inNamespace, pairs } from "../objects";
import { mapAt, textAt } from "../../../seat/json";
import type { RuleFinding, Rule, Snapshot } from "../snapshot";
import { trouble } from "./pods";

const DEFAULT = "storageclass.kubernetes.io/is-default-class";
const aspects = ["storage"] as const;

/** A claim names a StorageClass that does not exist, or names one although the original did not. */
export const claimClass: Rule = (snapshot) =>
  pairs(snapshot, "PersistentVolumeClaim").flatMap(({ live, made }): RuleFinding[] => {
    const named = textAt(live, "spec", "storageClassName");
    const wanted = textAt(made, "spec", "storageClassName");
    const defaults = snapshot.live.StorageClass.filter(isDefault).map(nameOf);
    const classes = snapshot.live.StorageClass.map(nameOf);
    if (named === undefined || named === wanted || defaults.includes(named)) return [];
    const exists = classes.includes(named);
    // Kubernetes filled the class in while it was the default. Now the missing default is the cause.
    if (exists && defaults.length === 0) return [];
    const there =
      classes.length === 0
        ? "there is no StorageClass at all"
        : `there are ${classes.map((name) => (defaults.includes(name) ? `${name} (default)` : name)).join(", ")}`;
    return [
      {
        namespace: namespaceOf(live),
        services: [],
        aspects,
        cause: `${ref("PersistentVolumeClaim", live)} names spec.storageClassName ${named}, ${exists ? "which is not the default one" : `which does not exist: ${there}`}${made ? "; Pulumi made the claim without a class" : ""}. The admission controller fills in the default only where no class is named${exists ? "" : ", and the claim waits for ever"}.`,
        look: kubectl("get storageclass"),
        fix: repair(snapshot, "PersistentVolumeClaim", live),
      },
    ];
  });

/** A claim has no class, and no StorageClass is the default. */
export const defaultClass: Rule = (snapshot) =>
  snapshot.live.PersistentVolumeClaim.flatMap((claim): RuleFinding[] => {
    const classes = snapshot.live.StorageClass;
    const named = textAt(claim, "spec", "storageClassName");
    if (classes.some(isDefault) || (named !== undefined && !classes.map(nameOf).includes(named))) return [];
    const [first] = classes;
    return [
      {
        namespace: namespaceOf(claim),
        services: [],
        aspects,
        cause: `${ref("PersistentVolumeClaim", claim)} was made without a class, and no StorageClass has the annotation ${DEFAULT}: "true" (${classes.map(nameOf).join(", ") || "there is none at all"}): the admission controller has nothing to fill in.`,
        look: kubectl("get storageclass"),
        fix: first
          ? kubectl("annotate --overwrite storageclass", nameOf(first), `${DEFAULT}=true`)
          : "Install a StorageClass with a provisioner, and make it the default one.",
      },
    ];
  });

/** A claim waits for a provisioner whose pod does not run. The claim's own events only say that it waits. */
export const claimProvisioner: Rule = (snapshot) =>
  snapshot.live.PersistentVolumeClaim.filter((claim) => textAt(claim, "status", "phase") === "Pending").flatMap(
    (claim): RuleFinding[] => {
      const used = snapshot.live.StorageClass.find((one) => nameOf(one) === textAt(claim, "spec", "storageClassName"));
      const provisioner = textAt(used, "provisioner");
      if (used === undefined || provisioner === undefined) return [];
      const others = snapshot.live.StorageClass.flatMap((one) => textAt(one, "provisioner") ?? []).filter(
        (one) => one !== provisioner,
      );
      return (snapshot.outside?.Pod ?? []).flatMap((pod): RuleFinding[] => {
        const tie = tieOf(pod, provisioner, others);
        const why = tie === "is not" ? undefined : trouble(pod);
        if (why === undefined) return [];
        const blamed = `Pod ${namespaceOf(pod) ?? ""}/${nameOf(pod)}${tie === "may be" ? ", which may be that provisioner," : ""}`;
        return [
          {
            namespace: namespaceOf(claim),
            services: [],
            aspects,
            cause: `${ref("PersistentVolumeClaim", claim)} is Pending: it waits for the provisioner ${provisioner} of StorageClass ${nameOf(used)}, and ${blamed} is not ready: ${why}.`,
            look: kubectl("describe pod", nameOf(pod), `-n ${namespaceOf(pod) ?? ""}`),
            fix:
              tie === "is"
                ? "Fix what that pod reports. The claim binds once it runs."
                : "Fix what that pod reports, if it is the provisioner. The claim binds once its provisioner runs.",
          },
        ];
      });
    },
  );

/** A claim waits, and its events say for what. */
export const claimEvents: Rule = (snapshot) =>
  snapshot.live.PersistentVolumeClaim.filter((claim) => textAt(claim, "status", "phase") === "Pending").flatMap(
    (claim): RuleFinding[] => {
      const said = lastWarning(snapshot, claim);
      if (said === undefined) return [];
      return [
        {
          namespace: namespaceOf(claim),
          services: [],
          aspects,
          generic: true,
          cause: `${ref("PersistentVolumeClaim", claim)} is Pending: ${said}`,
          look: kubectl("describe pvc", nameOf(claim), `-n ${namespaceOf(claim) ?? ""}`),
          fix: snapshot.repairCommand,
        },
      ];
    },
  );

function isDefault(storageClass: KubeObject): boolean {
  return mapAt(storageClass, "metadata", "annotations")[DEFAULT] === "true";
}

function lastWarning(snapshot: Snapshot, claim: KubeObject): string | undefined {
  const events = inNamespace(snapshot.live.Event, namespaceOf(claim)).filter(
    (event) =>
      textAt(event, "involvedObject", "kind") === "PersistentVolumeClaim" &&
      textAt(event, "involvedObject", "name") === nameOf(claim) &&
      (event.type === "Warning" || event.reason === "ExternalProvisioning"),
  );
  // An error says more than a waiting reason.
  return textAt(events.filter(({ type }) => type === "Warning").at(-1) ?? events.at(-1), "message");
}

/** How certain it is that a pod is a StorageClass' provisioner. */
type Tie = "is" | "may be" | "is not";

/** Provisioners whose pods do not name them. The pod names come from their manifests. */
const podNames: Readonly<Record<string, RegExp>> = {
  "k8s.io/minikube-hostpath": /^storage-provisioner(-|$)/,
  "rancher.io/local-path": /^local-path-provisioner-/,
  "microk8s.io/hostpath": /^hostpath-provisioner-/,
  "ebs.csi.aws.com": /^ebs-csi-/,
  "disk.csi.azure.com": /^csi-azuredisk-/,
  "file.csi.azure.com": /^csi-azurefile-/,
};

/**
 * Whether a pod is the provisioner. CSI drivers and nfs-subdir name it in the pod's spec: in an argument, a variable or
 * a volume. Other known provisioners have fixed pod names. Any other name only says that the pod is some provisioner.
 * @param others provisioners of the cluster's other classes
 */
function tieOf(pod: KubeObject, provisioner: string, others: readonly string[] = []): Tie {
  const known = [provisioner, ...others, ...Object.keys(podNames)].filter(
    (one) => names(pod, one) || podNames[one]?.test(nameOf(pod)),
  );
  if (known.length > 0) return known.includes(provisioner) ? "is" : "is not";
  return podNames[provisioner] === undefined && /provisioner|-csi-|^csi-/.test(nameOf(pod)) ? "may be" : "is not";
}

function names(pod: KubeObject, provisioner: string): boolean {
  const escaped = provisioner.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\w.-])${escaped}(?![\\w-]|\\.\\w)`).test(JSON.stringify(mapAt(pod, "spec")));
}
