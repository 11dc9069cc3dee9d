import { titleOf, type WholeObject } from "../../../kube";
import type { PendingOperation } from "../stack";
import { liveObject, madeByPulumi, writersOf } from "./objects";
import {
  objectsOf,
  ownNamespaceSince,
  recordDeletes,
  recordSecrets,
  RELEASE,
  releaseOf,
  remainsOf,
  statusOf,
} from "./releases";
import { isSettled, type Recovery, type Step } from "./step";

/**
 * Plans what `down` does with one open operation of the Kubernetes plugin. The state lacks the object that was being
 * created, so the engine would leave it behind.
 * An object that this stack did not make stays and is named.
 * @throws Error where it cannot be decided
 */
export async function beforeDown(operation: PendingOperation, recovery: Recovery): Promise<Step> {
  const { type, resource } = operation;
  if (isSettled(operation, recovery.state)) return {};
  if (resource.type === RELEASE)
    return type === "creating" || type === "updating" ? undoRelease(operation, recovery) : {};
  if (type !== "creating" || resource.type.endsWith("Patch")) return {};

  const wanted = resource.inputs as unknown as WholeObject;
  const title = titleOf(wanted);
  const there = await liveObject(recovery.api, wanted);
  if (there === undefined) return { text: `${title}: not there` };
  if (!madeByPulumi(there.live, recovery.since))
    return { text: `${title}: left, because this stack did not make it (field manager ${writersOf(there.live)})` };
  return { text: `${title}: deleted`, deletes: [{ path: there.path, uid: there.live.metadata.uid!, title }] };
}

/**
 * Undoes the open operation of a Helm release. A release that the state lacks is deleted wholly: its objects, then its
 * records.
 * If the state has the release, only the killed upgrade's new objects and that revision's record are deleted. The
 * engine uninstalls the rest.
 */
async function undoRelease({ type, resource }: PendingOperation, { api, state }: Recovery): Promise<Step> {
  const release = releaseOf(resource);
  const title = `Helm release ${release.namespace}/${release.name}`;
  const secrets = await recordSecrets(api, release);
  const doomed =
    type === "creating" ? secrets : secrets.slice(0, 1).filter((secret) => statusOf(secret).startsWith("pending-"));
  if (doomed.length === 0) return type === "creating" ? { text: `${title}: not there` } : {};
  const since = await ownNamespaceSince(api, state, release);
  const kept = new Set(objectsOf(secrets.filter((secret) => !doomed.includes(secret))).map(keyOf));
  const { own, foreign } = await remainsOf(
    api,
    release,
    since!,
    objectsOf(doomed).filter((object) => !kept.has(keyOf(object))),
  );
  return {
    text: `${title}: ${statusOf(doomed[0]!)}, and ${own.length} objects of it are deleted, with its record${foreign.length > 0 ? `; left, because they are not of it: ${foreign.join(", ")}` : ""}`,
    deletes: [
      ...own.map(({ path, live }) => ({ path, uid: live.metadata.uid!, title: titleOf(live) })),
      ...recordDeletes(release, doomed),
    ],
  };
}

function keyOf({ apiVersion, kind, metadata }: WholeObject): string {
  return [apiVersion, kind, metadata.namespace, metadata.name].join(" ");
}
