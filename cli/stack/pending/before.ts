import { randomBytes } from "node:crypto";
import { isSecret, SECRET, SIGNATURE } from "../../../base/pulumi-marks";
import { isMap } from "../../../base/values";
import { titleOf, type WholeObject } from "../../../kube";
import { isOutgoing, type PendingOperation, type StateResource } from "../stack";
import {
  isSettled,
  liveObject,
  madeByPulumi,
  objectsOf,
  ownNamespaceSince,
  recordDeletes,
  recordSecrets,
  type Recovery,
  RELEASE,
  releaseOf,
  remainsOf,
  statusOf,
  type OperationPlan,
  writersOf,
} from "./objects";

/**
 * Plans what `up` does with one open operation of the Kubernetes plugin, so that the engine can continue. An
 * interrupted update needs nothing: the state has the old object, and the engine finds the difference itself.
 * @throws Error where it cannot be decided
 */
export async function beforeUp(operation: PendingOperation, recovery: Recovery): Promise<OperationPlan> {
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
  if (there === undefined) return { text: `${title}: does not exist` };
  if (!madeByPulumi(there.live, recovery.since))
    return {
      text: `${title}: exists, and was not made by this stack (field manager ${writersOf(there.live)})`,
      refused: true,
    };
  return { text: `${title}: exists, and is now in the state`, adopted: adopted(resource, there.live) };
}

/** The release of an open operation, and which of its records the killed run left open. */
async function openRelease({ type, resource }: PendingOperation, api: Recovery["api"]) {
  const release = releaseOf(resource);
  const secrets = await recordSecrets(api, release);
  const doomed =
    type === "creating" ? secrets : secrets.slice(0, 1).filter((secret) => statusOf(secret).startsWith("pending-"));
  return { release, title: titleOfRelease(release), secrets, doomed };
}

function titleOfRelease({ namespace, name }: ReturnType<typeof releaseOf>): string {
  return `Helm release ${namespace}/${name}`;
}

/**
 * Deletes the records because of which Helm would refuse the release for ever. A release that the state lacks loses
 * all of them ("cannot re-use a name that is still in use").
 * A release that the state has loses only the revision of the killed upgrade ("another operation is in progress").
 * Helm takes over the objects.
 */
async function freeRelease(operation: PendingOperation, { api, state }: Recovery): Promise<OperationPlan> {
  const { type } = operation;
  const { release, title, doomed } = await openRelease(operation, api);
  if (doomed.length === 0) return type === "creating" ? { text: `${title}: does not exist` } : {};
  await ownNamespaceSince(api, state, release);
  return {
    text: `${title}: ${statusOf(doomed[0]!)}, ${doomed.length === 1 ? "and its record is deleted" : "and its records are deleted"}, so that Helm can ${type === "creating" ? "install" : "upgrade"} it again`,
    deletes: recordDeletes(release, doomed),
  };
}

/**
 * Turns a creation that a killed run left open into the resource that it would have become. The plugin writes the same
 * after a create (test/engine/provider/recordings).
 * The init error makes the next `up` apply the resource again and wait for it.
 * Pulumi's own `refresh --import-pending-creates` is unusable: engine 3.259.0 turns the operation into an import and
 * then forgets both.
 */
function adopted(resource: StateResource, live: WholeObject): StateResource {
  const { namespace, name } = live.metadata;
  const inputs = resource.inputs ?? {};
  const outputs = {
    ...marked(live, inputs),
    __inputs: inputs,
    __initialApiVersion: inputs.apiVersion ?? live.apiVersion,
    __fieldManager: `pulumi-kubernetes-${randomBytes(4).toString("hex")}`,
  };
  return {
    ...resource,
    id: namespace ? `${namespace}/${name}` : name,
    outputs,
    initErrors: ["the run that created it was killed"],
  } as StateResource;
}

/**
 * The live object with its secrets marked: the values that are secret in the inputs, and the data of a Secret. Pulumi
 * encrypts them when it imports the state.
 */
function marked(live: WholeObject, inputs: Record<string, unknown>): Record<string, unknown> {
  if (live.kind !== "Secret") return like(live, inputs);
  return Object.fromEntries(
    Object.entries(live).map(([key, value]) => [key, key === "data" || key === "stringData" ? secret(value) : value]),
  );
}

function like(value: Record<string, unknown>, inputs: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const input = inputs[key];
      if (isMap(inner) && isMap(input) && !isSecret(input)) return [key, like(inner, input)];
      return [key, hasSecret(input) ? secret(inner) : inner];
    }),
  );
}

function hasSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasSecret);
  return isSecret(value) || (isMap(value) && Object.values(value).some(hasSecret));
}

function secret(value: unknown): object {
  return { [SIGNATURE]: SECRET, plaintext: JSON.stringify(value) };
}

/**
 * Plans what `up` does with a deletion that a killed run left open. The state still has the resource, and the engine
 * compares with the state only. It would report a deleted object as unchanged.
 * Deleted resources are therefore dropped from the state. A resource that the delete never reached stays.
 * @throws Error where it cannot be decided
 */
async function afterDelete({ resource }: PendingOperation, recovery: Recovery): Promise<OperationPlan> {
  const known = recovery.state.resources.find(
    (one) => one.urn === resource.urn && one.id === resource.id && !isOutgoing(one),
  );
  if (known === undefined || resource.type.endsWith("Patch")) return {};
  if (resource.type === RELEASE) return afterUninstall(known, recovery);

  const made = known.outputs as unknown as WholeObject | undefined;
  const uid = made?.metadata?.uid;
  if (made === undefined || uid === undefined) throw new Error("the state has no uid for it");
  const title = titleOf(made);
  const there = await liveObject(recovery.api, made);
  if (there === undefined) return { text: `${title}: deleted, and made again`, lost: known.urn };
  if (there.live.metadata.uid !== uid)
    return {
      text: `${title}: deleted; the one that exists now was not made by this stack (field manager ${writersOf(there.live)})`,
      refused: true,
    };
  if (there.live.metadata.deletionTimestamp === undefined) return {};
  return { text: `${title}: deleted, and made again`, deletes: [{ path: there.path, uid, title }], lost: known.urn };
}

/**
 * If Helm's record says "uninstalling", nobody knows which of the release's objects are left. A new install takes over
 * those that are.
 */
async function afterUninstall(known: PendingOperation["resource"], { api, state }: Recovery): Promise<OperationPlan> {
  const release = releaseOf(known);
  const title = titleOfRelease(release);
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

/**
 * Plans what `down` does with one open operation of the Kubernetes plugin. The state lacks the object that was being
 * created, so the engine would leave it behind.
 * An object that this stack did not make stays and is named.
 * @throws Error where it cannot be decided
 */
export async function beforeDown(operation: PendingOperation, recovery: Recovery): Promise<OperationPlan> {
  const { type, resource } = operation;
  if (isSettled(operation, recovery.state)) return {};
  if (resource.type === RELEASE)
    return type === "creating" || type === "updating" ? undoRelease(operation, recovery) : {};
  if (type !== "creating" || resource.type.endsWith("Patch")) return {};

  const wanted = resource.inputs as unknown as WholeObject;
  const title = titleOf(wanted);
  const there = await liveObject(recovery.api, wanted);
  if (there === undefined) return { text: `${title}: does not exist` };
  if (!madeByPulumi(there.live, recovery.since))
    return { text: `${title}: kept, because this stack did not make it (field manager ${writersOf(there.live)})` };
  return { text: `${title}: deleted`, deletes: [{ path: there.path, uid: there.live.metadata.uid!, title }] };
}

/**
 * Undoes the open operation of a Helm release. A release that the state lacks is deleted wholly: its objects, then its
 * records.
 * If the state has the release, only the killed upgrade's new objects and that revision's record are deleted. The
 * engine uninstalls the rest.
 */
async function undoRelease(operation: PendingOperation, { api, state }: Recovery): Promise<OperationPlan> {
  const { type } = operation;
  const { release, title, secrets, doomed } = await openRelease(operation, api);
  if (doomed.length === 0) return type === "creating" ? { text: `${title}: does not exist` } : {};
  const since = await ownNamespaceSince(api, state, release);
  const kept = new Set(objectsOf(secrets.filter((secret) => !doomed.includes(secret))).map(keyOf));
  const { own, foreign } = await remainsOf(
    api,
    release,
    since!,
    objectsOf(doomed).filter((object) => !kept.has(keyOf(object))),
  );
  return {
    text: `${title}: ${statusOf(doomed[0]!)}, and ${own.length} of its objects are deleted, with its record${foreign.length > 0 ? `; kept, because they belong to others: ${foreign.join(", ")}` : ""}`,
    deletes: [
      ...own.map(({ path, live }) => ({ path, uid: live.metadata.uid!, title: titleOf(live) })),
      ...recordDeletes(release, doomed),
    ],
  };
}

function keyOf({ apiVersion, kind, metadata }: WholeObject): string {
  return [apiVersion, kind, metadata.namespace, metadata.name].join(" ");
}
