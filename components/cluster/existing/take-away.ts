import { setTimeout as sleep } from "node:timers/promises";
import type { Api } from "../../../kube";
import { requireCluster } from "./cluster-id";
import { deleteCommands, nameOf, pathOf, thingsOf, type Thing } from "./inventory";
import { readMarker, removeIfSame, removeMarker, seatOf } from "./marker";
import { sortedThings } from "./ours";
import { instances, instancesText, istios } from "./users";

/** Milliseconds within which deleted CRDs have to be gone. */
const PATIENCE = 60_000;

/**
 * Removes what Helm and istiod leave behind of a seat in somebody's cluster, and the marker last.
 * @param cluster id of the seat's cluster
 * @param seat id of the seat. Undefined where the seat is older than such ids.
 * @param say receives what stays, and why
 * @throws Error, before anything is deleted: where another cluster answers, or where other people's objects would go
 *   with their CRDs
 * @throws Error where a CRD is not gone within a minute
 */
export async function takeAway(
  api: Api,
  cluster: string,
  seat: string | undefined,
  say: (line: string) => void,
): Promise<void> {
  await requireCluster(api, cluster);
  const marker = await readMarker(api);
  if (marker !== undefined && marker.seat !== seat)
    return say(
      `The cluster has ${seatOf(marker)} now. Nothing of Istio's was deleted, because it belongs to that seat.`,
    );
  const { ours, unproved } = await sortedThings(api, marker?.record);
  const users = ours.length > 0 || unproved.length > 0 ? await istios(api) : [];
  if (users.length > 0)
    say(stayText(`another Istio is in the cluster (${users.join(", ")}) and uses it`, [...ours, ...unproved]));
  else {
    await remove(api, ours);
    const kinds = ours.filter(({ kind }) => kind === "CustomResourceDefinition").length;
    if (kinds > 0) say(`Deleted Istio's kinds too (${kinds}), although Helm's line says that it kept them.`);
    if (unproved.length > 0)
      say(
        `${stayText("nothing proves that this stack made it", unproved)} If nobody uses it: ${deleteCommands(unproved)
          .map((command) => `\`${command}\``)
          .join(", ")}`,
      );
  }
  if (marker !== undefined) await removeMarker(api, marker);
}

function stayText(why: string, things: readonly Thing[]): string {
  return `Left in the cluster, because ${why}: ${things.map(nameOf).join(", ")}.`;
}

async function remove(api: Api, things: readonly Thing[]): Promise<void> {
  const kinds = things.filter(({ kind }) => kind === "CustomResourceDefinition");
  const left = await instances(api, kinds);
  if (left.length > 0) throw new Error(instancesText(left));
  await Promise.all(things.map((thing) => removeIfSame(api, pathOf(thing), thing.uid)));
  const end = Date.now() + PATIENCE;
  for (;;) {
    const rest = ((await thingsOf(api, "CustomResourceDefinition")) ?? []).filter(({ uid }) =>
      kinds.some((kind) => kind.uid === uid),
    );
    if (rest.length === 0) return;
    if (Date.now() > end)
      throw new Error(
        `Still present after ${PATIENCE / 1000} s: ${rest.map(({ name }) => name).join(", ")}. Does an object of theirs wait for a finalizer?`,
      );
    await sleep(250);
  }
}
