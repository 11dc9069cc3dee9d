import { idOf, type Api } from "../../../kube";
import type { Deployment, PendingOperation, StateResource } from "../stack";

/** Input of the recovery: the cluster of the operations, and the state with readable secrets. */
export interface Recovery {
  readonly api: Api;
  readonly state: Deployment;
  /**
   * When the seat came into an existing cluster. Undefined where that is unknown, or where the cluster is the stack's
   * own.
   */
  readonly since?: string;
}

/** The plan for one open operation. Nothing is carried out before all plans are known. */
export interface Step {
  /**
   * What was found and what is done with it, as `Deployment default/details-v1: there, and taken into the state`.
   * Undefined where the engine needs no help.
   */
  readonly text?: string;
  /** Objects to delete in the cluster, in this order. */
  readonly deletes?: readonly { readonly path: string; readonly uid: string; readonly title: string }[];
  /** The resource to add to the state. */
  readonly adopted?: StateResource;
  /** URN of a resource that the state has and the cluster has lost. It is dropped from the state. */
  readonly lost?: string;
  /** The run cannot start; the text says why. */
  readonly refused?: true;
}

/**
 * Whether the state already has the resource that the operation was to create. A run recorded it, but Pulumi keeps
 * such an operation for ever.
 */
export function isSettled({ type, resource }: PendingOperation, { resources }: Deployment): boolean {
  if (type !== "creating") return false;
  // A release has its name among its inputs; an object has it in its metadata.
  const { name, namespace } = (resource.inputs?.metadata ?? resource.inputs ?? {}) as {
    name?: string;
    namespace?: string;
  };
  const id = idOf({ namespace, name });
  return resources.some((known) => known.urn === resource.urn && known.id === id && !isOutgoing(known));
}

/** Whether a replacement has deleted the resource or is about to. Its URN in the state is then for its successor. */
export function isOutgoing({ delete: doomed, pendingReplacement }: StateResource): boolean {
  return doomed === true || pendingReplacement === true;
}
