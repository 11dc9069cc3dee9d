import { dynamicType } from "../../components/cluster/dynamic-type";
import type { Deployment } from "../stack/stack";

/** The stack's seat in an existing cluster, according to the state. */
export interface OwnSeat {
  /** The cluster's own id, see guard-operations.ts. Undefined while the stack has no seat in one. */
  readonly cluster?: string;
  /**
   * The seat's own id, with which its guard marks the cluster, see marker.ts. Undefined for a seat that is older than
   * these ids.
   */
  readonly seat?: string;
  /**
   * Namespaces that it has made or labelled. They include those that a killed run was making; these are looked up
   * before the run begins.
   */
  readonly namespaces: readonly string[];
  /** Its cluster-wide roles and their bindings, as `KIND/NAME`. @default none */
  readonly roles?: readonly string[];
}

export function ownSeat({ resources, operations = [] }: Pick<Deployment, "resources" | "operations">): OwnSeat {
  const guard = resources.find(({ type }) => type === dynamicType("Guard"));
  const drawn = resources.find(({ type }) => type === dynamicType("SeatId"));
  const namespaces = [...resources, ...operations.map(({ resource }) => resource)]
    .filter(({ type }) => /^kubernetes:core\/v1:Namespace(Patch)?$/.test(type))
    .map(({ inputs }) => (inputs?.metadata as { name?: string } | undefined)?.name ?? "");
  const roles = [...resources, ...operations.map(({ resource }) => resource)].flatMap(({ type, inputs }) => {
    const [, kind] = /^kubernetes:rbac\.authorization\.k8s\.io\/v1:(ClusterRole(?:Binding)?)$/.exec(type) ?? [];
    return kind === undefined ? [] : [`${kind}/${(inputs?.metadata as { name?: string } | undefined)?.name ?? ""}`];
  });
  return {
    ...(guard?.id && { cluster: guard.id }),
    ...(drawn?.id && { seat: drawn.id }),
    namespaces,
    ...(roles.length > 0 && { roles }),
  };
}
