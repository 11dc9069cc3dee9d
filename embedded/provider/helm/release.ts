import { UNKNOWN } from "../../../base/pulumi-marks";
import { isMap } from "../../../base/values";
import {
  ApiError,
  manifestObjects,
  type RecordSecret,
  recordsOf,
  revisionOf,
  unpack,
  WholeObject,
} from "../../../kube";
import { podProblems } from "../await/pods";
import { Cluster } from "../cluster";
import { compare, DiffResult } from "../diff";
import { PartialError } from "../errors";
import { groupOf, idOf, parseId } from "../kinds";
import { Operation, Session } from "../objects";
import { annotateSecrets, Bag, clone, plain, secret } from "../wire";
import { Helm } from "./cli";
import { merge } from "./values";

/**
 * Compares the old inputs with the new ones. Ignores what runs in the cluster. For a local chart, only the version
 * counts.
 */
export function diffRelease(olds: Bag, news: Bag, ignoreChanges: string[]): DiffResult & { diffs: string[] } {
  const { __inputs, ...state } = plain(olds) as Bag;
  const before = (__inputs ?? state) as Bag;
  const after = plain(news) as Bag;
  const detailed = compare(before, after, before, ["name", "namespace"]);
  for (const path of Object.keys(detailed))
    if (ignoreChanges.some((i) => path === i || path.startsWith(`${i}.`))) delete detailed[path];
  const paths = Object.keys(detailed);
  return {
    changes: paths.length > 0,
    diffs: [...new Set(paths.map((p) => p.split(/[.[]/)[0]!))],
    replaces: paths.filter((p) => detailed[p]!.kind.endsWith("_REPLACE")),
    deleteBeforeReplace: false,
    detailed,
  };
}

/** The state of a release. `record` is undefined in a preview, where its outputs are unknown. */
function stateOf(inputs: Bag, record: ReleaseRecord | undefined): Bag {
  const release: Bag = clone(plain(inputs));
  if (record) {
    Object.assign(release, {
      values: merge(release.values ?? {}, record.config),
      version: record.chart.version,
      resourceNames: resourceNames(record.manifest),
      status: {
        appVersion: record.chart.appVersion,
        chart: record.chart.name,
        name: record.name,
        namespace: record.namespace,
        revision: record.revision,
        status: record.status,
        version: record.chart.version,
      },
    });
  } else {
    Object.assign(release, { resourceNames: UNKNOWN, status: UNKNOWN });
  }
  annotateSecrets(release, inputs);
  return { ...release, __inputs: secret(inputs) };
}

export async function createRelease(
  s: Session,
  helm: Helm,
  op: Operation,
  inputs: Bag,
): Promise<{ id: string; properties: Bag }> {
  if (op.preview) return { id: "", properties: stateOf(inputs, undefined) };
  const why = await s.unreachable();
  if (why) throw new Error(`can't create Helm Release with unreachable cluster: ${why}`);
  const r = plain(inputs) as Bag;
  const id = idOf(r.namespace, r.name);
  // helm refuses a name that exists in any state ("cannot re-use a name that is still in use"). The existing release
  // belongs to somebody else or to a killed run.
  const taken = (await readRecord(s.cluster, r.namespace, r.name)) !== undefined;
  try {
    await helm.deploy("install", r);
  } catch (e) {
    const record = await readRecord(s.cluster, r.namespace, r.name, true).catch(() => undefined);
    if (!record || taken) throw e;
    s.host.log(
      "warning",
      op.urn,
      `Helm release ${JSON.stringify(r.name)} was created but has a failed status. Use the \`helm\` command to investigate the error, correct it, then retry. Reason: ${(e as Error).message}`,
    );
    const { message, reasons } = await failure(
      s,
      r,
      record,
      `Helm release "${id}" was created, but failed to initialize completely. Use Helm CLI to investigate.`,
      e as Error,
    );
    throw new PartialError(id, message, reasons, stateOf(inputs, record));
  }
  return { id, properties: stateOf(inputs, await readRecord(s.cluster, r.namespace, r.name)) };
}

/** Updates a release. A failed update leaves the state as it was, so that the next one finds the same difference. */
export async function updateRelease(s: Session, helm: Helm, op: Operation, inputs: Bag): Promise<Bag> {
  if (op.preview) return stateOf(inputs, undefined);
  const why = await s.unreachable();
  if (why) throw new Error(`can't update Helm Release with unreachable cluster: ${why}`);
  const r = plain(inputs) as Bag;
  const before = await readRecord(s.cluster, r.namespace, r.name);
  try {
    // Install again if the release was uninstalled by hand.
    await helm.deploy(before ? "upgrade" : "install", r);
  } catch (e) {
    // The error is Helm's bare message, as with the official plugin. What the pods say stands beside it.
    const record = await readRecord(s.cluster, r.namespace, r.name).catch(() => undefined);
    const isNew = record !== undefined && record.revision !== before?.revision;
    const reasons = isNew && !s.cancelled.aborted ? await podReasons(s, record).catch(() => []) : [];
    for (const reason of reasons) s.host.log("warning", op.urn, reason);
    throw e;
  }
  return stateOf(inputs, await readRecord(s.cluster, r.namespace, r.name));
}

async function failure(
  s: Session,
  r: Bag,
  record: ReleaseRecord,
  what: string,
  e: Error,
): Promise<{ message: string; reasons: string[] }> {
  const message = `${what}: failed to become available within allocated timeout. Error: Helm Release ${idOf(r.namespace, r.name)}: ${e.message}`;
  return { message, reasons: s.cancelled.aborted ? [] : await podReasons(s, record).catch(() => []) };
}

/** What the release's own pods report: their states and their newest warnings. */
async function podReasons(s: Session, record: ReleaseRecord): Promise<string[]> {
  const get = async (kind: string): Promise<WholeObject[]> =>
    ((await s.cluster.request("GET", `/api/v1/namespaces/${record.namespace}/${kind}`)) as Bag).items;
  const owners = new Set(
    Object.values(resourceNames(record.manifest))
      .flat()
      .map((n) => n.split("/").pop()!),
  );
  const pods = (await get("pods")).filter((p) =>
    [...owners].some((o) => p.metadata.name === o || p.metadata.name.startsWith(`${o}-`)),
  );
  const names = new Set(pods.map((p) => p.metadata.name));
  // Where the API server refuses a pod, there is none, and the event is about its ReplicaSet.
  const isRefusal = ({ reason, involvedObject }: WholeObject): boolean =>
    reason === "FailedCreate" &&
    [...owners].some((o) => involvedObject?.name === o || involvedObject?.name?.startsWith(`${o}-`));
  const events = (await get("events")).filter(
    (e) => e.type === "Warning" && (names.has(e.involvedObject?.name) || isRefusal(e)),
  );
  return [
    ...podProblems(pods),
    ...new Set(
      events.slice(-10).map((e) => `[Event ${record.namespace}/${e.involvedObject.name}]: [${e.reason}] ${e.message}`),
    ),
  ];
}

export async function readRelease(
  s: Session,
  id: string,
  state: Bag,
): Promise<{ id: string; properties: Bag; inputs: Bag } | undefined> {
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
  const inputs = before ?? {
    name,
    namespace,
    chart: record.chart.name,
    version: record.chart.version,
    values: record.config,
  };
  const properties = stateOf(inputs, record);
  const live = { ...properties, __inputs: undefined, resourceNames: undefined, status: undefined };
  return { id, properties, inputs: JSON.parse(JSON.stringify(live)) as Bag };
}

export async function deleteRelease(s: Session, helm: Helm, op: Operation, state: Bag): Promise<void> {
  const why = await s.unreachable();
  if (why) throw new Error(`can't delete Helm Release with unreachable cluster. Reason: ${JSON.stringify(why)}`);
  // For example Istio's chart `base`, whose definitions stay.
  const kept = await helm.uninstall(plain(state) as Bag);
  if (kept !== "") s.host.log("warning", op.urn, `Helm uninstall returned information: ${JSON.stringify(kept)}`);
}

/** helm's record of one revision of a release. */
interface ReleaseRecord {
  name: string;
  namespace: string;
  revision: number;
  /** deployed, failed, pending-install, pending-upgrade, … */
  status: string;
  chart: { name: string; version: string; appVersion: string };
  config: Bag;
  manifest: string;
}

/**
 * The newest revision. Undefined if there is no such release.
 *
 * @param evenCancelled asks even after the engine has cancelled. What helm has left must come into the state, or no
 *   later run could use the release's name.
 */
export async function readRecord(
  cluster: Cluster,
  namespace: string,
  name: string,
  evenCancelled = false,
): Promise<ReleaseRecord | undefined> {
  const list = (await cluster.request("GET", `/api/v1/namespaces/${namespace}/secrets`, {
    query: { labelSelector: recordsOf(name) },
    evenCancelled,
  })) as { items: RecordSecret[] };
  const newest = list.items.sort((a, b) => revisionOf(b) - revisionOf(a))[0];
  if (!newest) return undefined;
  const r = unpack(newest);
  const { name: chart, version, appVersion = "" } = r.chart.metadata;
  return {
    name: r.name,
    namespace: r.namespace,
    revision: r.version,
    status: r.info.status,
    chart: { name: chart, version, appVersion },
    config: r.config ?? {},
    manifest: r.manifest ?? "",
  };
}

/** The names of a manifest's objects by `Kind[.group]/apiVersion`, sorted and each once, as the official plugin has them. */
export function resourceNames(manifest: string): Record<string, string[]> {
  const names: Record<string, string[]> = {};
  for (const doc of manifestObjects(manifest)) {
    const group = groupOf(doc.apiVersion);
    const key = `${doc.kind}${group ? `.${group}` : ""}/${doc.apiVersion}`;
    (names[key] ??= []).push(idOf(doc.metadata.namespace, doc.metadata.name));
  }
  for (const [key, all] of Object.entries(names)) names[key] = [...new Set(all)].sort();
  return names;
}
