import { textAt } from "../../check/diagnosis/json";
import type { Deployment } from "../../stack/stack";

/** The objects of a state: by group, kind, namespace and name, with the uid that Pulumi has last seen. */
export interface MadeUids {
  has(group: string, kind: string, namespace: string | undefined, name: string): boolean;
  /** Undefined where the state holds no such object, or no uid of it. */
  uid(group: string, kind: string, namespace: string | undefined, name: string): string | undefined;
}

export function madeUids(resources: Deployment["resources"]): MadeUids {
  const uids = new Map(
    resources
      .filter(({ type }) => type.startsWith("kubernetes:"))
      .map(({ type, id, inputs, outputs }) => {
        const [name, namespace] = (id ?? textAt(inputs, "metadata", "name") ?? "").split("/").reverse() as [string, string | undefined];
        // An id without a namespace is an object in default, or one that has none.
        return [keyOf(groupIn(type), type.split(":").at(-1)!.replace(/Patch$/, ""), namespace, name), textAt(outputs, "metadata", "uid")];
      }),
  );
  return { has: (...key) => uids.has(keyOf(...key)), uid: (...key) => uids.get(keyOf(...key)) };
}

function keyOf(group: string, kind: string, namespace: string | undefined, name: string): string {
  return `${group} ${kind} ${namespace ?? "default"}/${name}`;
}

/** `networking.istio.io` of `kubernetes:networking.istio.io/v1:VirtualService`; the core group has no name. */
function groupIn(type: string): string {
  const group = type.split(":")[1]!.split("/")[0]!;
  return group === "core" ? "" : group;
}
