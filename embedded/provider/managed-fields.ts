import { WholeObject } from "../../kube";
import { isMap } from "../../base/values";
import { Bag, clone, Json } from "./wire";

/**
 * The managers whose fields are taken over without asking. These are `kubectl` (edit, patch, label, apply) and the
 * provider's own create, which is a plain POST. An entry of a subresource (`kubectl scale`) is not taken over: the
 * user decides that conflict.
 */
const takenOver: [string, string][] = [
  ["kubectl", "Apply"],
  ["kubectl", "Update"],
  ["before-first-apply", "Update"],
  ["pulumi-kubernetes", "Update"],
  ["pulumi-resource-kubernetes", "Update"],
];
const isOurs = (e: Bag): boolean =>
  !e.subresource && takenOver.some(([name, operation]) => e.manager.startsWith(name) && e.operation === operation);

export const hasOthersOfOurs = (live: WholeObject): boolean => (live.metadata.managedFields ?? []).some(isOurs);

/**
 * The JSON patch that hands those entries to `manager`, so that a field that the program drops is really removed.
 * Undefined if there are none.
 */
export function adoptFields(live: WholeObject, manager: string): Json[] | undefined {
  if (!hasOthersOfOurs(live)) return undefined;
  const entries: Bag[] = clone(live.metadata.managedFields ?? []);
  const own = entries.find((e) => e.manager === manager && e.operation === "Apply" && !e.subresource);
  const adopted = entries.filter((e) => e !== own && isOurs(e));
  const base: Bag = own ?? { ...adopted[0], manager, operation: "Apply" };
  base.fieldsV1 = adopted.reduce((all, e) => union(all, e.fieldsV1 ?? {}), base.fieldsV1 ?? {});
  const managedFields = [base, ...entries.filter((e) => e !== own && !adopted.includes(e))];
  return [
    { op: "replace", path: "/metadata/managedFields", value: managedFields },
    { op: "replace", path: "/metadata/resourceVersion", value: live.metadata.resourceVersion },
  ];
}

function union(a: Bag, b: Bag): Bag {
  const out = { ...a };
  for (const [k, v] of Object.entries(b)) out[k] = isMap(out[k]) && isMap(v) ? union(out[k], v) : v;
  return out;
}
