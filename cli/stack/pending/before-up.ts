import type { PendingOperation } from "../stack";
import { adopted } from "./adopt";
import { afterDelete } from "./after-delete";
import { titleOf, type WholeObject } from "../../../kube";
import { liveObject, madeByPulumi, writersOf } from "./objects";
import { ownNamespaceSince, recordDeletes, recordSecrets, RELEASE, releaseOf, statusOf } from "./releases";
import { isSettled, type Recovery, type Step } from "./step";

/**
 * What `up` does with one open operation of the Kubernetes plugin, so that the engine can go on. What an update of an object has left, the engine finds by
 * itself: the state has the object as it was.
 * @throws Error where it cannot be told
 */
export async function beforeUp(operation: PendingOperation, recovery: Recovery): Promise<Step> {
  const { type, resource } = operation;
  if (isSettled(operation, recovery.state)) return {};
  if (type === "deleting") return afterDelete(operation, recovery);
  if (resource.type === RELEASE)
    return type === "creating" || type === "updating" ? freeRelease(operation, recovery) : {};
  // A Patch resource owns no object, and applying it again is the same.
  if (type !== "creating" || resource.type.endsWith("Patch")) return {};

  const wanted = resource.inputs as unknown as WholeObject;
  const title = titleOf(wanted);
  const there = await liveObject(recovery.api, wanted);
  if (there === undefined) return { text: `${title}: not there` };
  if (!madeByPulumi(there.live, recovery.since))
    return {
      text: `${title}: there, and not made by this stack (field manager ${writersOf(there.live)})`,
      refused: true,
    };
  return { text: `${title}: there, and taken into the state`, adopted: adopted(resource, there.live) };
}

/**
 * Takes away the records by which Helm would refuse the release for ever: all of one that the state does not have ("cannot re-use a name that is still in
 * use"), and of one that it has the revision that a killed upgrade left ("another operation is in progress"). Helm takes the objects over.
 */
async function freeRelease({ type, resource }: PendingOperation, { api, state }: Recovery): Promise<Step> {
  const release = releaseOf(resource);
  const title = `Helm release ${release.namespace}/${release.name}`;
  const secrets = await recordSecrets(api, release);
  const doomed =
    type === "creating" ? secrets : secrets.slice(0, 1).filter((secret) => statusOf(secret).startsWith("pending-"));
  if (doomed.length === 0) return type === "creating" ? { text: `${title}: not there` } : {};
  await ownNamespaceSince(api, state, release);
  return {
    text: `${title}: ${statusOf(doomed[0]!)}, ${doomed.length === 1 ? "and its record is deleted" : "and its records are deleted"}, so that Helm can ${type === "creating" ? "install" : "upgrade"} it again`,
    deletes: recordDeletes(release, doomed),
  };
}
