import { idOf, type Api } from "../../../kube";
import type { Deployment, PendingOperation, StateResource } from "../stack";

/** What recovery works with: the cluster that the operations were for, and the state, in which secrets are readable. */
export interface Recovery {
  readonly api: Api;
  readonly state: Deployment;
  /** When the seat came into a cluster that is somebody's; undefined where that is not known, or the cluster is the stack's own. */
  readonly since?: string;
}

/** What is to be done for one open operation. Nothing is done before all of them are known. */
export interface Step {
  /** What was found and what is done with it, as `Deployment default/details-v1: there, and taken into the state`; undefined where the engine needs no help. */
  readonly text?: string;
  /** What is deleted in the cluster, in this order. */
  readonly deletes?: readonly { readonly path: string; readonly uid: string; readonly title: string }[];
  /** What the state has afterwards. */
  readonly adopted?: StateResource;
  /** The URN of what the state has and the cluster no longer: it goes from the state. */
  readonly lost?: string;
  /** The run cannot start; the text says why. */
  readonly refused?: true;
}

/** Whether the state has what the operation was to create: a run wrote it down, and Pulumi keeps such an operation for ever. */
export function isSettled({ type, resource }: PendingOperation, { resources }: Deployment): boolean {
  if (type !== "creating") return false;
  // A release has its name among its inputs, an object in its metadata.
  const { name, namespace } = (resource.inputs?.metadata ?? resource.inputs ?? {}) as {
    name?: string;
    namespace?: string;
  };
  const id = idOf({ namespace, name });
  return resources.some((known) => known.urn === resource.urn && known.id === id && !isOutgoing(known));
}

/** Whether a replacement has deleted it, or is about to: its place in the state is for its successor. */
export function isOutgoing({ delete: doomed, pendingReplacement }: StateResource): boolean {
  return doomed === true || pendingReplacement === true;
}
