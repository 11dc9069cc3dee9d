import { inventory, releases, thingsOf, type ClusterInventory, type Thing } from "./inventory";
import type { Api } from "../../../kube";
import type { Record } from "./marker";

/** Objects that are proved to be the seat's, and objects that only look like it. */
export interface Sorted {
  readonly ours: readonly Thing[];
  readonly unproved: readonly Thing[];
}

/**
 * An object is ours if one of the seat's releases or istiod made it, and the record does not list it. The mark alone
 * proves nothing. Istio's own guide uses the same release names, and an earlier istiod has created ConfigMaps, too.
 */
export function sorted({ things }: Pick<ClusterInventory, "things">, record: Record | undefined): Sorted {
  const marked = things.filter(({ istiods, release }) => istiods || Object.values(releases).includes(release ?? ""));
  const verdict = record === undefined ? byAge(marked) : byRecord(record);
  return {
    ours: marked.filter((thing) => verdict(thing) === "ours"),
    unproved: marked.filter((thing) => verdict(thing) === "unproved"),
  };
}

type Verdict = (thing: Thing) => "ours" | "theirs" | "unproved";

function byRecord(record: Record): Verdict {
  return ({ kind, uid }) =>
    record[kind] === undefined || uid === undefined ? "unproved" : record[kind].includes(uid) ? "theirs" : "ours";
}

/**
 * Judges by age, for a seat that is older than the records or whose marker somebody deleted. Every version of the
 * guard refuses a cluster that has an istiod or Istio's CRDs (rules.ts). So the seat's CRDs came after the guard, and
 * so did everything that is younger than the first of them. The API server dates both.
 */
function byAge(marked: readonly Thing[]): Verdict {
  const first = marked
    .filter(({ kind, release }) => kind === "CustomResourceDefinition" && release === releases.base)
    .flatMap(({ created }) => created ?? [])
    .sort()[0];
  return ({ uid, created }) =>
    uid !== undefined && first !== undefined && created !== undefined && created >= first ? "ours" : "unproved";
}

/**
 * Lists what the seat's releases left behind or istiod created, and what only looks like it. @throws ApiError,
 * Unreachable
 */
export async function sortedThings(api: Api, record: Record | undefined): Promise<Sorted> {
  return sorted(await inventory(api), record);
}

/** Lists the seat's CRDs in the cluster. @throws ApiError, Unreachable */
export async function ourKinds(api: Api, record: Record | undefined): Promise<readonly Thing[]> {
  return sorted({ things: (await thingsOf(api, "CustomResourceDefinition")) ?? [] }, record).ours;
}
