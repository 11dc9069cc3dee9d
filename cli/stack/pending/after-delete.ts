import type { PendingOperation } from "../stack";
import { titleOf, type WholeObject } from "../../../kube";
import { liveObject, writersOf } from "./objects";
import { ownNamespaceSince, recordSecrets, RELEASE, recordDeletes, releaseOf, statusOf } from "./releases";
import { isOutgoing, type Recovery, type Step } from "./step";

/**
 * Plans what `up` does with a deletion that a killed run left open. The state still has the resource, and the engine
 * compares with the state only. It would report a deleted object as unchanged.
 * Deleted resources are therefore dropped from the state. A resource that the delete never reached stays.
 * @throws Error where it cannot be decided
 */
export async function afterDelete({ resource }: PendingOperation, recovery: Recovery): Promise<Step> {
  const known = recovery.state.resources.find(
    (one) => one.urn === resource.urn && one.id === resource.id && !isOutgoing(one),
  );
  if (known === undefined || resource.type.endsWith("Patch")) return {};
  if (resource.type === RELEASE) return afterUninstall(known, recovery);

  const made = known.outputs as unknown as WholeObject | undefined;
  const uid = made?.metadata?.uid;
  if (made === undefined || uid === undefined) throw new Error("the state gives no uid of it");
  const title = titleOf(made);
  const there = await liveObject(recovery.api, made);
  if (there === undefined) return { text: `${title}: deleted, and made again`, lost: known.urn };
  if (there.live.metadata.uid !== uid)
    return {
      text: `${title}: deleted, and another one is there that this stack did not make (field manager ${writersOf(there.live)})`,
      refused: true,
    };
  if (there.live.metadata.deletionTimestamp === undefined) return {};
  return { text: `${title}: deleted, and made again`, deletes: [{ path: there.path, uid, title }], lost: known.urn };
}

/**
 * If Helm's record says "uninstalling", nobody knows which of the release's objects are left. A new install takes over
 * those that are.
 */
async function afterUninstall(known: PendingOperation["resource"], { api, state }: Recovery): Promise<Step> {
  const release = releaseOf(known);
  const title = `Helm release ${release.namespace}/${release.name}`;
  const secrets = await recordSecrets(api, release);
  if (secrets.length === 0) return { text: `${title}: uninstalled, and installed again`, lost: known.urn };
  if (statusOf(secrets[0]!) !== "uninstalling") return {};
  await ownNamespaceSince(api, state, release);
  return {
    text: `${title}: uninstalling, and installed again`,
    deletes: recordDeletes(release, secrets),
    lost: known.urn,
  };
}
