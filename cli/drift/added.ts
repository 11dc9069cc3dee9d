import { onStack } from "../../base/advice";
import { UserError } from "../../base/errors";
import type { Inventory } from "../inventory";
import { mapAt, mapsAt, textAt } from "../seat/json";
import type { Added, Unclear } from "./model";
import { ownSeat } from "../preflight/own-seat";
import type { Deployment } from "../stack/stack";
import { isClaim, isClustersOwn, type Listed, stateUids, writerOf } from "./listed";

/**
 * Objects that came from neither Pulumi, nor its Helm releases, nor the cluster. `added` ones came after the seat;
 * the age of `unclear` ones is unknown.
 */
interface AddedObjects {
  readonly added: readonly Added[];
  readonly unclear: readonly Unclear[];
}

/**
 * Finds objects that somebody added. In a namespace that existed before the seat, older objects are skipped, since
 * `default` may be full of them.
 */
export function addedObjects(
  listed: readonly Listed[],
  resources: Deployment["resources"],
  places: ReadonlyMap<string, Place>,
  inventory: Pick<Inventory, "entries"> = { entries: [] },
): AddedObjects {
  const made = stateUids(resources);
  const releases = new Set(
    resources
      .filter(({ type }) => type.startsWith("kubernetes:helm.sh/"))
      .map(({ inputs }) => `${textAt(inputs, "namespace") ?? ""}/${textAt(inputs, "name") ?? ""}`),
  );
  const others = listed.filter((one) => {
    const { group, kind, metadata } = one;
    if (
      made.has(group, kind, metadata.namespace, metadata.name) ||
      isClustersOwn(one) ||
      isRecordOf(releases, one) ||
      isClaimOf(inventory, one) ||
      metadata.deletionTimestamp !== undefined
    )
      return false;
    const annotations = mapAt(metadata, "annotations");
    return !releases.has(
      `${String(annotations["meta.helm.sh/release-namespace"])}/${String(annotations["meta.helm.sh/release-name"])}`,
    );
  });
  const ages = others.map((one) => ({ one, age: ageOf(one, places) }));
  return {
    added: ages.filter(({ age }) => age === "younger").map(({ one }) => addedOf(one)),
    unclear: ages
      .filter(({ age }) => age === "unknown")
      .map(({ one }) => ({
        object: nameIn(one),
        namespace: one.metadata.namespace!,
        since: one.metadata.creationTimestamp,
      })),
  };
}

/** Whether it is Helm's own record of a release of the seat. */
function isRecordOf(releases: ReadonlySet<string>, { kind, metadata }: Listed): boolean {
  const { owner, name } = mapAt(metadata, "labels");
  return kind === "Secret" && owner === "helm" && releases.has(`${metadata.namespace}/${String(name)}`);
}

/**
 * Whether a StatefulSet of the seat has made the claim. Its name is that of the template, the set and a number:
 * https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage
 */
function isClaimOf({ entries }: Pick<Inventory, "entries">, one: Listed): boolean {
  return (
    isClaim(one) &&
    entries.some(
      ({ made }) =>
        made.kind === "StatefulSet" &&
        made.metadata.namespace === one.metadata.namespace &&
        mapsAt(made, "spec", "volumeClaimTemplates").some((template) =>
          new RegExp(`^${textAt(template, "metadata", "name")}-${made.metadata.name}-\\d+$`).test(one.metadata.name),
        ),
    )
  );
}

/**
 * Compares an object's age with the seat's. The API server's times have a resolution of a second, so an object from
 * the seat's own second may be older or younger.
 */
function ageOf(
  { metadata: { namespace, creationTimestamp, uid } }: Listed,
  places: ReadonlyMap<string, Place>,
): "older" | "younger" | "unknown" {
  const place = places.get(namespace!);
  // Without a uid, a deletion could hit another object of that name.
  if (place === undefined || uid === undefined) return "unknown";
  if (place.whose === "ours") return "younger";
  const { since, begin } = place;
  if (creationTimestamp === undefined || since === undefined)
    return creationTimestamp !== undefined && begin !== undefined && creationTimestamp < begin ? "older" : "unknown";
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

type Resources = Deployment["resources"];

/** A namespace of a lesson, and which part of it belongs to the seat. */
type Place =
  /** The program created the namespace or the whole cluster, so every object in it came after the seat. */
  | { readonly whose: "ours" }
  /**
   * The namespace existed before. `since`: when the seat came into it, by the cluster's clock; undefined where unknown.
   * `begin`: when the seat came into the cluster.
   */
  | { readonly whose: "somebody's"; readonly since?: string; readonly begin?: string };

/**
 * Maps each namespace to its owner. The uid decides: a namespace that somebody recreated under the same name is not
 * the program's.
 */
export function placesOf(
  resources: Resources,
  namespaces: readonly string[],
  uids: ReadonlyMap<string, string>,
): ReadonlyMap<string, Place> {
  const born = resources.filter(isMade).map(({ outputs }) => ({
    namespace: textAt(outputs, "metadata", "namespace"),
    at: textAt(outputs, "metadata", "creationTimestamp"),
  }));
  const earliest = (of: typeof born) => of.flatMap(({ at }) => at ?? []).sort()[0];
  return new Map(
    namespaces.map((name) => {
      const isOurs =
        ownsCluster(resources) ||
        madeNamespaces(resources).some(
          ({ outputs }) => textAt(outputs, "metadata", "name") === name && isSame(outputs, uids.get(name)),
        );
      return [
        name,
        isOurs
          ? { whose: "ours" }
          : {
              whose: "somebody's",
              since: earliest(born.filter(({ namespace }) => namespace === name)),
              begin: earliest(born),
            },
      ];
    }),
  );
}

/** @throws UserError where the answering cluster is not the state's, so that nothing in it belongs to the seat */
export function requireSameCluster(stack: string, resources: Resources, uids: ReadonlyMap<string, string>): void {
  const { cluster } = ownSeat({ resources });
  const made = madeNamespaces(resources);
  const isSeats =
    cluster !== undefined
      ? uids.get("kube-system") === cluster
      : made.length === 0 || made.some(({ outputs }) => [...uids.values()].some((uid) => isSame(outputs, uid)));
  if (isSeats) return;
  throw new UserError(
    `The cluster that answers is not the one that has the seat of stack ${stack}. Nothing in it is compared or touched. \`${onStack(stack, "npm run up")}\` recreates the seat ` +
      "if the lost cluster was the stack's own, and otherwise names the ways out.",
  );
}

/** Whether Pulumi created the object, rather than only patching it. */
function isMade({ type }: Resources[number]): boolean {
  return type.startsWith("kubernetes:") && !type.endsWith("Patch");
}

function madeNamespaces(resources: Resources): Resources {
  return resources.filter(({ type }) => type === "kubernetes:core/v1:Namespace");
}

function isSame(outputs: unknown, uid: string | undefined): boolean {
  return uid !== undefined && uid !== "" && textAt(outputs, "metadata", "uid") === uid;
}

/** Reads it from the state, because the stack's file may have changed or be gone. */
function ownsCluster(resources: Resources): boolean {
  const types = new Set(resources.map(({ type }) => type));
  return (
    !types.has("istio-lab:cluster:Existing") &&
    ["Azure", "Embedded", "Minikube"].some((target) => types.has(`istio-lab:cluster:${target}`))
  );
}
