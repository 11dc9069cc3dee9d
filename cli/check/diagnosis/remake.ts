import type { KubeObject } from "../../../kube";
import { nameOf, namespaceOf, remove } from "./commands";
import { differences } from "./drift";
import type { Kind } from "./kinds";
import type { Snapshot } from "./snapshot";

/**
 * What puts a changed object right. `refresh` and `up` see the fields that the program wrote, and no others: where a
 * field was added by hand and nothing else changed, the object has to be made anew.
 */
export function putRight(snapshot: Snapshot, kind: Kind, live: KubeObject): string {
  const made = snapshot.made[kind].find((object) => nameOf(object) === nameOf(live) && namespaceOf(object) === namespaceOf(live));
  if (made === undefined) return remove(kind, live);
  return differences(kind, live, made, "written").length > 0 ? snapshot.mend : `${remove(kind, live)} && ${snapshot.mend}`;
}
