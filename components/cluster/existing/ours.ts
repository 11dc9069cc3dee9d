import { inventory, releases, thingsOf, type Inventory, type Thing } from "./inventory";
import type { Api } from "../../../kube";
import type { Record } from "./marker";

/** Of what may be the seat's: what is proved to be, and what only looks like it. */
export interface Sorted {
  readonly ours: readonly Thing[];
  readonly unproved: readonly Thing[];
}

/**
 * Ours is what carries the mark of this seat's releases, or of istiod, and was absent in the record. The mark alone says nothing: Istio's own guide uses the
 * same names, and an istiod from before the seat has made ConfigMaps, too.
 */
export function sorted({ things }: Pick<Inventory, "things">, record: Record | undefined): Sorted {
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
 * Of a seat that is older than the records, or whose marker somebody has deleted. Every version of its guard refuses a cluster that has an istiod or a kind of
 * Istio's (rules.ts), so the kinds came after it, and so did all that is younger than the first of them. The API server dates both.
 */
function byAge(marked: readonly Thing[]): Verdict {
  const first = marked
    .filter(({ kind, release }) => kind === "CustomResourceDefinition" && release === releases.base)
    .flatMap(({ created }) => created ?? [])
    .sort()[0];
  return ({ uid, created }) =>
    uid !== undefined && first !== undefined && created !== undefined && created >= first ? "ours" : "unproved";
}

/** What a release of the seat has brought and left behind, or istiod has made, and what only looks like it. @throws ApiError, Unreachable */
export async function sortedThings(api: Api, record: Record | undefined): Promise<Sorted> {
  return sorted(await inventory(api), record);
}

/** The seat's kinds that are in the cluster. @throws ApiError, Unreachable */
export async function ourKinds(api: Api, record: Record | undefined): Promise<readonly Thing[]> {
  return sorted({ things: (await thingsOf(api, "CustomResourceDefinition")) ?? [] }, record).ours;
}
