import { onStack } from "../../../base/advice";
import { textAt } from "../../check/diagnosis/json";
import { UserError } from "../../../base/errors";
import { ownSeat } from "../../preflight/own-seat";
import type { Deployment } from "../../stack/stack";

type Resources = Deployment["resources"];

/** A namespace of a lesson, and what of it is the seat's. */
export type Place =
  /** The program has made it, or the whole cluster: whatever is in it came after the seat. */
  | { readonly whose: "ours" }
  /** It was there before. `since`: when the seat came into it, by the cluster's clock; undefined where that cannot be told. `begin`: when it came into the cluster. */
  | { readonly whose: "somebody's"; readonly since?: string; readonly begin?: string };

/** Namespace → whose it is. A uid is the mark: a namespace that was made again under the same name is not the program's. */
export function placesOf(resources: Resources, namespaces: readonly string[], uids: ReadonlyMap<string, string>): ReadonlyMap<string, Place> {
  const born = resources.filter(isMade).map(({ outputs }) => ({ namespace: textAt(outputs, "metadata", "namespace"), at: textAt(outputs, "metadata", "creationTimestamp") }));
  const earliest = (of: typeof born) => of.flatMap(({ at }) => at ?? []).sort()[0];
  return new Map(
    namespaces.map((name) => {
      const isOurs = ownsCluster(resources) || madeNamespaces(resources).some(({ outputs }) => textAt(outputs, "metadata", "name") === name && isSame(outputs, uids.get(name)));
      return [name, isOurs ? { whose: "ours" } : { whose: "somebody's", since: earliest(born.filter(({ namespace }) => namespace === name)), begin: earliest(born) }];
    }),
  );
}

/** @throws UserError where another cluster answers than the one that the state speaks of: nothing there is the seat's */
export function requireSameCluster(stack: string, resources: Resources, uids: ReadonlyMap<string, string>): void {
  const { cluster } = ownSeat({ resources });
  const made = madeNamespaces(resources);
  const isSeats = cluster !== undefined ? uids.get("kube-system") === cluster : made.length === 0 || made.some(({ outputs }) => [...uids.values()].some((uid) => isSame(outputs, uid)));
  if (isSeats) return;
  throw new UserError(
    `Another cluster answers than the one that stack ${stack} has its seat in, so nothing in it is compared or touched. \`${onStack(stack, "npm run up")}\` makes the seat anew ` +
      "where the lost cluster was the stack's own, and names the ways out where it is somebody's.",
  );
}

/** An object that Pulumi has created, and not one that it has only patched. */
function isMade({ type }: Resources[number]): boolean {
  return type.startsWith("kubernetes:") && !type.endsWith("Patch");
}

function madeNamespaces(resources: Resources): Resources {
  return resources.filter(({ type }) => type === "kubernetes:core/v1:Namespace");
}

function isSame(outputs: unknown, uid: string | undefined): boolean {
  return uid !== undefined && uid !== "" && textAt(outputs, "metadata", "uid") === uid;
}

/** By the state: the stack's file may have changed since, or be gone. */
function ownsCluster(resources: Resources): boolean {
  const types = new Set(resources.map(({ type }) => type));
  return !types.has("istio-lab:cluster:Existing") && ["Azure", "Embedded", "Minikube"].some((target) => types.has(`istio-lab:cluster:${target}`));
}
