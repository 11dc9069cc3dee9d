import type { ClaimCheck } from "../../../components/lessons/checks/check";
import type { KubeObject } from "../../../kube";
import { listed, type Probe } from "./probe";

export interface ClaimSeen {
  /** Undefined where the claim does not exist. */
  claim?: { class?: string; phase: string };
  classes: { name: string; isDefault: boolean; waits: boolean }[];
}

export const claim: Probe<ClaimCheck, ClaimSeen> = {
  expected: ({ claim }) => `${claim} has the default StorageClass and is Bound, or waits for its first consumer`,
  async look({ claim, about }, { seat }) {
    const [found, classes] = await Promise.all([
      seat.get(`/api/v1/namespaces/${about.namespace}/persistentvolumeclaims/${claim}`),
      seat.list("/apis/storage.k8s.io/v1/storageclasses"),
    ]);
    return {
      claim: found && {
        class: found.spec?.storageClassName as string | undefined,
        phase: String(found.status?.phase ?? ""),
      },
      classes: classes.map(readClass),
    };
  },
  evaluate({ claim, about }, { claim: found, classes }) {
    const defaults = classes.filter(({ isDefault }) => isDefault).map(({ name }) => name);
    if (!found) return { ok: false, seen: `claim ${claim} does not exist in namespace ${about.namespace}` };
    if (!found.class && defaults.length === 0) {
      const there =
        classes.length === 0
          ? "has no StorageClass"
          : `has no default StorageClass (it has ${listed(classes.map(({ name }) => name))})`;
      return {
        ok: false,
        notApplicable: true,
        seen: `the cluster ${there}, so the admission controller has no class to fill in, and ${claim} stays ${found.phase}`,
      };
    }
    if (!found.class) return { ok: false, seen: `${claim} has no class, though ${listed(defaults)} is the default` };
    const used = classes.find(({ name }) => name === found.class);
    if (!used)
      return {
        ok: false,
        seen: `${claim} has the class "${found.class}", which does not exist${defaults.length > 0 ? `; the default is "${listed(defaults)}"` : ""}; it is ${found.phase}`,
      };
    if (!used.isDefault)
      return {
        ok: false,
        seen: `${claim} has the class "${found.class}", which is not the default${defaults.length > 0 ? ` ("${listed(defaults)}" is)` : " (there is none)"}`,
      };
    const waits = found.phase === "Pending" && used.waits;
    return {
      ok: found.phase === "Bound" || waits,
      seen: `class "${found.class}", the default, filled in; ${claim} is ${waits ? "Pending: the class waits for the first consumer" : found.phase}`,
    };
  },
};

function readClass(object: KubeObject): ClaimSeen["classes"][number] {
  return {
    name: object.metadata.name,
    isDefault: object.metadata.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true",
    waits: object.volumeBindingMode === "WaitForFirstConsumer",
  };
}
