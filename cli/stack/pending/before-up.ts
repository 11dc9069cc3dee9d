import type { PendingOperation } from "../stack";
import { adopted } from "./adopt";
import { afterDelete } from "./after-delete";
import { titleOf, type WholeObject } from "../../../kube";
import { liveObject, madeByPulumi, writersOf } from "./objects";
import { ownNamespaceSince, recordDeletes, recordSecrets, RELEASE, releaseOf, statusOf } from "./releases";
import { isSettled, type Recovery, type Step } from "./step";

/**
 * Plans what `up` does with one open operation of the Kubernetes plugin, so that the engine can continue. An
 * interrupted update needs nothing: the state has the old object, and the engine finds the difference itself.
 * @throws Error where it cannot be decided
 */
export async function beforeUp(operation: PendingOperation, recovery: Recovery): Promise<Step> {
  const { type, resource } = operation;
  if (isSettled(operation, recovery.state)) return {};
  if (type === "deleting") return afterDelete(operation, recovery);
  if (resource.type === RELEASE)
    return type === "creating" || type === "updating" ? freeRelease(operation, recovery) : {};
  // A Patch resource owns no object, and applying it again gives the same result.
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
 * Deletes the records because of which Helm would refuse the release for ever. A release that the state lacks loses
 * all of them ("cannot re-use a name that is still in use").
 * A release that the state has loses only the revision of the killed upgrade ("another operation is in progress").
 * Helm takes over the objects.
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
