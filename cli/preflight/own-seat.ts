import { dynamicType } from "../../components/cluster/dynamic-type";
import type { Deployment } from "../stack/stack";

/** What the stack's state says of a seat in a cluster that is somebody's. */
export interface OwnSeat {
  /** The cluster's own id, see guard-operations.ts; undefined while the stack has no seat in one. */
  readonly cluster?: string;
  /** Its own id, with which its guard marks the cluster, see marker.ts; undefined where it is older than those. */
  readonly seat?: string;
  /** Namespaces it has made, and those it has labelled; also those that a killed run was making, which are looked for before the run begins. */
  readonly namespaces: readonly string[];
}

export function ownSeat({ resources, operations = [] }: Pick<Deployment, "resources" | "operations">): OwnSeat {
  const guard = resources.find(({ type }) => type === dynamicType("Guard"));
  const drawn = resources.find(({ type }) => type === dynamicType("SeatId"));
  const namespaces = [...resources, ...operations.map(({ resource }) => resource)]
    .filter(({ type }) => /^kubernetes:core\/v1:Namespace(Patch)?$/.test(type))
    .map(({ inputs }) => (inputs?.metadata as { name?: string } | undefined)?.name ?? "");
  return { ...(guard?.id && { cluster: guard.id }), ...(drawn?.id && { seat: drawn.id }), namespaces };
}
