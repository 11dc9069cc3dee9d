import type { Snapshot } from "./snapshot";

/** Lists how a seat differs from before, one line each; empty where it is unchanged. */
export function differences(before: Snapshot, after: Snapshot): string[] {
  return [
    ...between(before.objects, after.objects, ""),
    ...between(before.resources, after.resources, "in the state: "),
    ...between(before.files, after.files, "in the checkout: "),
  ];
}

/** Returns the kinds of the recorded objects. */
export function kindsIn({ objects }: Snapshot): ReadonlySet<string> {
  return new Set(Object.keys(objects).map(kindOf));
}

/**
 * Returns the snapshot with objects of these kinds only. Kinds that were not looked at are neither missing nor
 * changed.
 */
export function onlyKinds(snapshot: Snapshot, kinds: ReadonlySet<string>): Snapshot {
  return {
    ...snapshot,
    objects: Object.fromEntries(Object.entries(snapshot.objects).filter(([id]) => kinds.has(kindOf(id)))),
  };
}

function kindOf(id: string): string {
  return id.slice(0, id.indexOf(" "));
}

function between(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  where: string,
): string[] {
  const ids = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return ids.flatMap((id) => {
    if (before[id] === after[id]) return [];
    return [
      `${where}${id} ${after[id] === undefined ? "is missing" : before[id] === undefined ? "was added" : "was changed"}`,
    ];
  });
}
