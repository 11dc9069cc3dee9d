import { createObject, patchForce, relinquish, updateObject, Apply } from "./apply";
import { awaitGone, awaitReady, lookOnce, Waiting } from "./await/wait";
import { Cluster } from "./cluster";
import { ApiError, WholeObject } from "../../kube";
import {
  deleteUnreachable,
  NoMatchError,
  NotReadyError,
  PartialError,
  readUnreachable,
  UnreachableError,
} from "./errors";
import { Host } from "./host";
import { annotation, gvkOfType, isCrd, isPatch, isTrue, objectId, parseId, urnType } from "./kinds";
import { normalize, prune } from "./normalize";
import { Settings } from "./settings";
import { checkpoint, fieldManagerOf, parseCheckpoint } from "./state";
import { annotateSecrets, Bag, clone, hasUnknown, plain } from "./wire";

/** What every operation on the cluster uses. */
export interface Session {
  settings: Settings;
  cluster: Cluster;
  host: Host;
  cancelled: AbortSignal;
  /** Why the cluster cannot be reached. Undefined if it can. */
  unreachable(): Promise<string | undefined>;
}
export interface Operation {
  urn: string;
  preview: boolean;
  /** Seconds; 0 for no timeout. */
  timeout: number;
}

const waiting = (s: Session, op: Operation): Waiting => ({
  cluster: s.cluster,
  host: s.host,
  urn: op.urn,
  timeout: op.timeout,
  cancelled: s.cancelled,
});
const applying = (s: Session, op: Operation, inputs: WholeObject, fieldManager: string): Apply => ({
  cluster: s.cluster,
  preview: op.preview,
  fieldManager,
  force: patchForce(inputs, s.settings.enablePatchForce),
  say: (message) => s.host.status("info", op.urn, message),
});
const isForbidden = (e: unknown): boolean => e instanceof ApiError && e.code === 403;

/** Creates an object. A preview uses the server's dry run, or returns the inputs if the server cannot answer. */
export async function create(s: Session, op: Operation, properties: Bag): Promise<{ id: string; properties: Bag }> {
  const why = await s.unreachable();
  if (why && !op.preview) throw new Error(`configured Kubernetes cluster is unreachable: ${why}`);
  const inputs = plain(properties) as WholeObject;
  const patch = isPatch(op.urn, inputs.kind);
  const asIs = { id: "", properties };
  if (op.preview && (why || patch || hasUnknown(inputs) || !(await s.cluster.knows(inputs)))) return asIs;

  const manager = fieldManagerOf({}, inputs);
  const state = (live: WholeObject): Bag => checkpoint(inputs, live, properties, inputs.apiVersion, manager);
  let live: WholeObject;
  try {
    live = await createObject(applying(s, op, inputs, manager), inputs, patch || s.settings.upsertExistingObjects);
  } catch (e) {
    const previewless =
      e instanceof ApiError &&
      (e.alreadyExists ||
        e.namespaceMissing ||
        isForbidden(e) ||
        /does not support dry run|field is immutable/.test(e.message));
    if (op.preview && previewless) return asIs;
    if (e instanceof NoMatchError) {
      throw new Error(
        `creation of resource "${op.urn}" with kind ${inputs.apiVersion}/${inputs.kind} failed because the Kubernetes API server ` +
          `reported that the apiVersion for this resource does not exist. Verify that any required CRDs have been created: ${e.message}`,
      );
    }
    throw new Error(
      `resource "${op.urn}" was not successfully created by the Kubernetes API server: ${(e as Error).message}`,
    );
  }
  if (op.preview) {
    delete live.status;
    return { id: "", properties: state(live) };
  }
  s.host.status("info", op.urn, "");
  try {
    if (!patch) live = await awaitReady(waiting(s, op), inputs, live);
  } catch (e) {
    const now = (await readLive(s, live).catch(() => undefined)) ?? live;
    throw new PartialError(
      objectId(live),
      `resource "${op.urn}" was successfully created, but the Kubernetes API server reported that it failed to fully ` +
        `initialize or become live: ${(e as Error).message}`,
      e instanceof NotReadyError ? e.reasons : [],
      state(now),
    );
  }
  if (isCrd(inputs)) s.cluster.forgetKinds();
  return { id: objectId(live), properties: state((await readLive(s, live).catch(() => undefined)) ?? live) };
}

const readLive = async (s: Session, o: WholeObject): Promise<WholeObject> =>
  (await s.cluster.request("GET", await s.cluster.path(o))) as WholeObject;

/** Reads an object for refresh, import or `get`. Undefined if it is gone. */
export async function read(
  s: Session,
  op: Operation,
  id: string,
  state: Bag,
  oldInputBag: Bag,
): Promise<{ id: string; properties: Bag; inputs: Bag } | undefined> {
  const why = await s.unreachable();
  if (why) {
    s.host.log("warning", op.urn, `configured Kubernetes cluster is unreachable: ${why}`);
    if (s.settings.deleteUnreachable) {
      s.host.log(
        "info",
        op.urn,
        "configured Kubernetes cluster is unreachable and the `deleteUnreachable` option is enabled. Deleting the unreachable resource from Pulumi state",
      );
      return undefined;
    }
    if (s.settings.skipUpdateUnreachable) return { id, properties: state, inputs: oldInputBag };
    throw readUnreachable();
  }
  const known = plain(oldInputBag) as WholeObject;
  const fresh = !known.kind && !parseCheckpoint(state).live.kind;
  const { namespace, name } = parseId(id);
  const oldInputs = normalize(known.kind ? known : { ...gvkOfType(urnType(op.urn)), metadata: { name, namespace } });
  const target: WholeObject = {
    ...oldInputs,
    metadata: { ...oldInputs.metadata, name, namespace: namespace ?? oldInputs.metadata?.namespace },
  };
  let live: WholeObject;
  try {
    live = await readLive(s, target);
  } catch (e) {
    if (e instanceof NoMatchError || (e instanceof ApiError && e.isNotFound)) return undefined;
    throw e;
  }
  const inputs = fresh ? importedInputs(live) : (prune(live, oldInputs) as WholeObject);
  const from = fresh ? {} : oldInputBag;
  const manager = fieldManagerOf(state, oldInputs);
  const properties = checkpoint(inputs, live, from, state.__initialApiVersion ?? oldInputs.apiVersion, manager);
  const marked = clone(inputs) as Bag;
  annotateSecrets(marked, from);
  try {
    if (!fresh && !isPatch(op.urn, oldInputs.kind)) await lookOnce(waiting(s, op), oldInputs, live);
  } catch (e) {
    if (e instanceof NotReadyError) throw new PartialError(id, e.message, e.reasons, properties, marked);
    throw e;
  }
  return { id, properties, inputs: marked };
}

function importedInputs(live: WholeObject): WholeObject {
  const { status, ...inputs } = clone(live);
  void status;
  for (const key of ["creationTimestamp", "generation", "managedFields", "resourceVersion", "uid"])
    delete inputs.metadata[key];
  delete inputs.metadata.annotations?.["deployment.kubernetes.io/revision"];
  return inputs;
}

/** Applies new inputs to a live object. */
export async function update(s: Session, op: Operation, olds: Bag, news: Bag): Promise<Bag> {
  const why = await s.unreachable();
  if (why && !op.preview) throw new Error(`configured Kubernetes cluster is unreachable: ${why}`);
  const raw = plain(news) as WholeObject;
  if (op.preview && (why || hasUnknown(raw) || !(await s.cluster.knows(raw)))) return news;
  const inputs = normalize(raw);
  const { live: oldLive } = parseCheckpoint(olds);
  const manager = fieldManagerOf(olds, inputs);
  const patch = isPatch(op.urn, inputs.kind);
  const state = (live: WholeObject): Bag =>
    checkpoint(inputs, live, news, olds.__initialApiVersion ?? inputs.apiVersion, manager);
  try {
    const before = await readLive(s, oldLive);
    let live = await updateObject(applying(s, op, inputs, manager), inputs, before, patch);
    if (op.preview) return state(live);
    if (!patch) live = await awaitReady(waiting(s, op), inputs, live);
    s.host.status("info", op.urn, "");
    return state((await readLive(s, live).catch(() => undefined)) ?? live);
  } catch (e) {
    const error = e as Error;
    if (op.preview && isForbidden(e)) return news;
    if (e instanceof NoMatchError) {
      throw new Error(
        `update of resource "${op.urn}" failed because the Kubernetes API server reported that the apiVersion for this resource does not exist. ` +
          `Verify that any required CRDs have been created: ${error.message}`,
      );
    }
    const now = await readLive(s, oldLive).catch((getError: Error) => {
      throw new Error(
        `update of resource "${op.urn}" failed: ${error.message}\nunable to get cluster state: ${getError.message}`,
      );
    });
    throw new PartialError(
      objectId(now),
      `the Kubernetes API server reported that "${objectId(now)}" failed to fully initialize or become live: ${error.message}`,
      e instanceof NotReadyError ? e.reasons : [],
      state(now),
    );
  }
}

/** Deletes an object, dependents first, and waits until it is gone. A Patch resource only gives up its fields. */
export async function remove(s: Session, op: Operation, id: string, state: Bag): Promise<void> {
  const why = await s.unreachable();
  if (why) {
    s.host.log("warning", op.urn, `configured Kubernetes cluster is unreachable: ${why}`);
    if (!s.settings.deleteUnreachable) throw deleteUnreachable();
    return s.host.log(
      "info",
      op.urn,
      "configured Kubernetes cluster is unreachable and the `deleteUnreachable` option is enabled. Deleting the unreachable resource from Pulumi state",
    );
  }
  const { inputs, live } = parseCheckpoint(state);
  const { namespace, name } = parseId(id);
  const target: WholeObject = {
    ...live,
    metadata: { ...live.metadata, name, namespace: namespace ?? live.metadata?.namespace },
  };
  const manager = fieldManagerOf(state, inputs);
  try {
    if (isPatch(op.urn, live.kind)) return await relinquish(applying(s, op, inputs, manager), target);
    const path = await s.cluster.path(target);
    const policy = annotation(inputs, "pulumi.com/deletionPropagationPolicy") ?? "foreground";
    const propagationPolicy = policy.charAt(0).toUpperCase() + policy.slice(1).toLowerCase();
    const answer = (await s.cluster.request("DELETE", path, {
      body: { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy },
    })) as Bag | undefined;
    const uid = answer?.kind === "Status" ? answer.details?.uid : answer?.metadata?.uid;
    if (isTrue(inputs, "pulumi.com/skipAwait")) return;
    await awaitGone(waiting(s, op), inputs, path, uid);
    if (isCrd(live)) s.cluster.forgetKinds();
  } catch (e) {
    // The kind or the object is already gone, so the delete succeeded.
    if (e instanceof NoMatchError || (e instanceof ApiError && e.isNotFound)) return;
    if (e instanceof NotReadyError) {
      const now = (await readLive(s, target).catch(() => undefined)) ?? target;
      throw new PartialError(
        id,
        e.message,
        e.reasons,
        checkpoint(inputs, now, state, state.__initialApiVersion, manager),
      );
    }
    if (e instanceof UnreachableError) throw deleteUnreachable();
    throw e;
  }
}
