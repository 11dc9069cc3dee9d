import { mapAt, textAt } from "../../check/diagnosis/json";
import type { Deployment } from "../../stack/stack";
import { isClaim, isClustersOwn, writerOf } from "./clusters-own";
import type { Listed } from "./listed";
import { madeUids } from "./made-uids";
import type { Added, Unclear } from "./model";
import type { Place } from "./places";

/** What neither Pulumi, nor a Helm release of its, nor the cluster itself made: what came after the seat, and that of which nobody can tell. */
export interface NotMade {
  readonly added: readonly Added[];
  readonly unclear: readonly Unclear[];
}

/** In a namespace that was somebody's before the seat, what is older than the seat is left out: `default` may be full of things. */
export function addedObjects(listed: readonly Listed[], resources: Deployment["resources"], places: ReadonlyMap<string, Place>): NotMade {
  const made = madeUids(resources);
  const releases = new Set(resources.filter(({ type }) => type.startsWith("kubernetes:helm.sh/")).map(({ inputs }) => `${textAt(inputs, "namespace") ?? ""}/${textAt(inputs, "name") ?? ""}`));
  const others = listed.filter((one) => {
    const { group, kind, metadata } = one;
    if (made.has(group, kind, metadata.namespace, metadata.name) || isClustersOwn(one) || metadata.deletionTimestamp !== undefined) return false;
    const annotations = mapAt(metadata, "annotations");
    return !releases.has(`${String(annotations["meta.helm.sh/release-namespace"])}/${String(annotations["meta.helm.sh/release-name"])}`);
  });
  const ages = others.map((one) => ({ one, age: ageOf(one, places) }));
  return {
    added: ages.filter(({ age }) => age === "younger").map(({ one }) => addedOf(one)),
    unclear: ages.filter(({ age }) => age === "unknown").map(({ one }) => ({ object: nameIn(one), namespace: one.metadata.namespace!, since: one.metadata.creationTimestamp })),
  };
}

/** The API server counts in seconds: what has the very second of the seat may be older or younger. */
function ageOf({ metadata: { namespace, creationTimestamp, uid } }: Listed, places: ReadonlyMap<string, Place>): "older" | "younger" | "unknown" {
  const place = places.get(namespace!);
  // Without a uid nobody could delete this very object.
  if (place === undefined || uid === undefined) return "unknown";
  if (place.whose === "ours") return "younger";
  const { since, begin } = place;
  if (creationTimestamp === undefined || since === undefined) return creationTimestamp !== undefined && begin !== undefined && creationTimestamp < begin ? "older" : "unknown";
  if (creationTimestamp === since) return "unknown";
  return creationTimestamp < since ? "older" : "younger";
}

function addedOf(one: Listed): Added {
  const { metadata, path } = one;
  return {
    object: nameIn(one),
    namespace: metadata.namespace!,
    since: metadata.creationTimestamp,
    by: writerOf(one),
    path,
    uid: metadata.uid!,
    ...(isClaim(one) && { claim: metadata.name }),
  };
}

function nameIn({ group, kind, metadata }: Listed): string {
  return `${kind}${group === "gateway.networking.k8s.io" && kind === "Gateway" ? " (Gateway API)" : ""} ${metadata.namespace}/${metadata.name}`;
}
