import { WholeObject } from "../../../kube";
import { Cluster } from "../cluster";
import { Bag } from "../wire";

/** How many objects of a kind one message names. */
const NAMED = 5;

/**
 * Why an object that is being deleted is still there: its own finalizers, or for a namespace what the namespace's
 * controller says, with the objects that it waits for. It continues by itself when they are gone.
 */
export async function stuckOn(cluster: Cluster, live: WholeObject): Promise<string[]> {
  const own = live.metadata.finalizers ?? [];
  const waits = own.length > 0 ? [`waits until its finalizers are removed: ${own.join(", ")}`] : [];
  const conditions = ((live.status?.conditions ?? []) as Bag[]).filter(
    ({ type, status }) => status === "True" && String(type).startsWith("Namespace"),
  );
  const held = await Promise.all(
    remaining(conditions).map((kind) => heldBack(cluster, live.metadata.name, kind).catch(() => [])),
  );
  return [...waits, ...conditions.map(({ type, message }) => `[${type}] ${message}`), ...held.flat()];
}

/** The kinds in `configmaps. has 1 resource instances, widgets.example.com has 2 resource instances`. */
function remaining(conditions: readonly Bag[]): { resource: string; group: string }[] {
  const text = conditions.find(({ type }) => type === "NamespaceContentRemaining")?.message ?? "";
  return [...String(text).matchAll(/([a-z0-9-]+)\.([a-z0-9.-]*) has \d+ resource instances/g)].map(
    ([, resource, group]) => ({ resource: resource!, group: group! }),
  );
}

async function heldBack(
  cluster: Cluster,
  namespace: string,
  { resource, group }: { resource: string; group: string },
): Promise<string[]> {
  const version =
    group === ""
      ? "/api/v1"
      : `/apis/${((await cluster.request("GET", `/apis/${group}`)) as Bag).preferredVersion.groupVersion}`;
  const list = (await cluster.request("GET", `${version}/namespaces/${namespace}/${resource}`)) as Bag;
  const held = (list.items as WholeObject[]).filter(({ metadata }) => (metadata.finalizers ?? []).length > 0);
  const kind = group === "" ? resource : `${resource}.${group}`;
  return held
    .slice(0, NAMED)
    .map(
      ({ metadata }) =>
        `${kind}/${metadata.name} waits until its finalizers are removed: ${metadata.finalizers!.join(", ")}`,
    )
    .concat(held.length > NAMED ? [`and ${held.length - NAMED} more of ${kind}`] : []);
}
