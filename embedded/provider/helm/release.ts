import { ApiError, PartialError } from "../errors";
import { idOf, Obj, parseId } from "../kinds";
import { Operation, Session } from "../objects";
import { podProblems } from "../await/pods";
import { compare, DiffResult } from "../diff";
import { annotateSecrets, Bag, clone, isMap, plain, secret, UNKNOWN } from "../wire";
import { Helm, OWNER_LABEL, ownerLives } from "./cli";
import { ReleaseRecord, readRecord, resourceNames } from "./record";
import { merge } from "./values";

/** The old inputs against the new: what runs in the cluster is not compared, and of a local chart only its version. */
export function diffRelease(olds: Bag, news: Bag, ignoreChanges: string[]): DiffResult & { diffs: string[] } {
  const { __inputs, ...state } = plain(olds) as Bag;
  const before = (__inputs ?? state) as Bag;
  const after = plain(news) as Bag;
  const detailed = compare(before, after, before, ["name", "namespace"]);
  for (const path of Object.keys(detailed)) if (ignoreChanges.some((i) => path === i || path.startsWith(`${i}.`))) delete detailed[path];
  const paths = Object.keys(detailed);
  return {
    changes: paths.length > 0,
    diffs: [...new Set(paths.map((p) => p.split(/[.[]/)[0]!))],
    replaces: paths.filter((p) => detailed[p]!.kind.endsWith("_REPLACE")),
    deleteBeforeReplace: false,
    detailed,
  };
}

/** The state of a release; `record` is undefined in a preview, where its outputs are unknown. */
function stateOf(inputs: Bag, record: ReleaseRecord | undefined): Bag {
  const release: Bag = clone(plain(inputs));
  if (record) {
    Object.assign(release, {
      values: merge(release.values ?? {}, record.config), version: record.chart.version, resourceNames: resourceNames(record.manifest),
      status: {
        appVersion: record.chart.appVersion, chart: record.chart.name, name: record.name, namespace: record.namespace,
        revision: record.revision, status: record.status, version: record.chart.version,
      },
    });
  } else {
    Object.assign(release, { resourceNames: UNKNOWN, status: UNKNOWN });
  }
  annotateSecrets(release, inputs);
  return { ...release, __inputs: secret(inputs) };
}

export async function createRelease(s: Session, helm: Helm, op: Operation, inputs: Bag): Promise<{ id: string; properties: Bag }> {
  if (op.preview) return { id: "", properties: stateOf(inputs, undefined) };
  const why = await s.unreachable();
  if (why) throw new Error(`can't create Helm Release with unreachable cluster: ${why}`);
  const r = plain(inputs) as Bag;
  const id = idOf(r.namespace, r.name);
  const left = await clearPending(s, op, r, await readRecord(s.cluster, r.namespace, r.name));
  // A run that was killed after helm had begun left a release that the state does not know: go on with it. Anybody else's is an error.
  const ours = left?.labels[OWNER_LABEL] !== undefined;
  if (ours) s.host.log("info", op.urn, `resuming release ${id}, left ${left!.status} by an interrupted run`);
  try {
    await helm.deploy(ours ? "upgrade" : "install", r);
  } catch (e) {
    const record = await readRecord(s.cluster, r.namespace, r.name).catch(() => undefined);
    if (!record || (left && !ours)) throw e;
    s.host.log("warning", op.urn, `Helm release ${JSON.stringify(r.name)} was created but has a failed status. Use the \`helm\` command to investigate the error, correct it, then retry. Reason: ${(e as Error).message}`);
    throw await failed(s, r, inputs, record, `Helm release "${id}" was created, but failed to initialize completely. Use Helm CLI to investigate.`, e as Error);
  }
  return { id, properties: stateOf(inputs, await readRecord(s.cluster, r.namespace, r.name)) };
}

export async function updateRelease(s: Session, helm: Helm, op: Operation, inputs: Bag): Promise<Bag> {
  if (op.preview) return stateOf(inputs, undefined);
  const why = await s.unreachable();
  if (why) throw new Error(`can't update Helm Release with unreachable cluster: ${why}`);
  const r = plain(inputs) as Bag;
  const id = idOf(r.namespace, r.name);
  const left = await clearPending(s, op, r, await readRecord(s.cluster, r.namespace, r.name));
  try {
    // Nothing is left of a first install that was killed before it applied anything, or was uninstalled by hand.
    await helm.deploy(left ? "upgrade" : "install", r);
  } catch (e) {
    const record = await readRecord(s.cluster, r.namespace, r.name).catch(() => undefined);
    if (!record) throw e;
    throw await failed(s, r, inputs, record, `Helm release "${id}" failed to initialize completely. Use Helm CLI to investigate.: error running update`, e as Error);
  }
  return stateOf(inputs, await readRecord(s.cluster, r.namespace, r.name));
}

/**
 * A killed helm leaves its revision pending, and every further helm refuses to touch the release. The revision is thrown away only when
 * the process that wrote it is known and gone; otherwise the error says what to do.
 */
async function clearPending(s: Session, op: Operation, r: Bag, record: ReleaseRecord | undefined): Promise<ReleaseRecord | undefined> {
  if (!record?.status.startsWith("pending-")) return record;
  const owner = record.labels[OWNER_LABEL];
  const id = idOf(r.namespace, r.name);
  if (owner && ownerLives(owner)) throw new Error(`Helm release "${id}" is ${record.status}: helm process ${owner.split("-")[1]} is working on it; wait for it to end`);
  if (!owner) {
    throw new Error(`Helm release "${id}" is ${record.status}: another operation (install/upgrade/rollback) is in progress, or was killed. ` +
      `When no other run is live: kubectl delete secret -n ${r.namespace} ${record.secretName}, then run again`);
  }
  s.host.log("info", op.urn, `Helm release "${id}" was left ${record.status} by a run that was killed; cleared its revision ${record.revision}`);
  await s.cluster.request("DELETE", `/api/v1/namespaces/${r.namespace}/secrets/${record.secretName}`);
  return readRecord(s.cluster, r.namespace, r.name);
}

async function failed(s: Session, r: Bag, inputs: Bag, record: ReleaseRecord, what: string, e: Error): Promise<PartialError> {
  const message = `${what}: failed to become available within allocated timeout. Error: Helm Release ${idOf(r.namespace, r.name)}: ${e.message}`;
  const reasons = s.cancelled.aborted ? [] : await podReasons(s, record).catch(() => []);
  return new PartialError(idOf(r.namespace, r.name), message, reasons, stateOf(inputs, record));
}

/** What the release's own pods say: their state and their newest warnings. */
async function podReasons(s: Session, record: ReleaseRecord): Promise<string[]> {
  const get = async (kind: string): Promise<Obj[]> => ((await s.cluster.request("GET", `/api/v1/namespaces/${record.namespace}/${kind}`)) as Bag).items;
  const owners = new Set(Object.values(resourceNames(record.manifest)).flat().map((n) => n.split("/").pop()!));
  const pods = (await get("pods")).filter((p) => [...owners].some((o) => p.metadata.name === o || p.metadata.name.startsWith(`${o}-`)));
  const names = new Set(pods.map((p) => p.metadata.name));
  const events = (await get("events")).filter((e) => e.type === "Warning" && names.has(e.involvedObject?.name));
  return [...podProblems(pods), ...new Set(events.slice(-10).map((e) => `[Event ${record.namespace}/${e.involvedObject.name}]: [${e.reason}] ${e.message}`))];
}

export async function readRelease(s: Session, id: string, state: Bag): Promise<{ id: string; properties: Bag; inputs: Bag } | undefined> {
  const { __inputs, ...kept } = state;
  const known = plain(kept) as Bag;
  const { namespace = "default", name } = known.name ? (known as { namespace: string; name: string }) : parseId(id);
  let record: ReleaseRecord | undefined;
  try {
    record = await readRecord(s.cluster, namespace, name);
  } catch (e) {
    if (!(e instanceof ApiError && e.isNotFound)) throw e;
  }
  if (!record) return undefined;
  const before = (isMap(__inputs) && "value" in __inputs ? __inputs.value : __inputs) as Bag | undefined;
  const inputs = before ?? { name, namespace, chart: record.chart.name, version: record.chart.version, values: record.config };
  const properties = stateOf(inputs, record);
  const live = { ...properties, __inputs: undefined, resourceNames: undefined, status: undefined };
  return { id, properties, inputs: JSON.parse(JSON.stringify(live)) as Bag };
}

export async function deleteRelease(s: Session, helm: Helm, state: Bag): Promise<void> {
  const why = await s.unreachable();
  if (why) throw new Error(`can't delete Helm Release with unreachable cluster. Reason: ${JSON.stringify(why)}`);
  await helm.uninstall(plain(state) as Bag);
}

