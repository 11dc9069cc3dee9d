import { manifestObjects, recordsOf, revisionOf, unpack, type RecordSecret } from "../../../kube";
import { Cluster } from "../cluster";
import { groupOf, idOf } from "../kinds";
import { Bag } from "../wire";

/** helm's record of one revision of a release. */
export interface ReleaseRecord {
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

/** The names of a manifest's objects by `Kind[.group]/apiVersion`. */
export function resourceNames(manifest: string): Record<string, string[]> {
  const names: Record<string, string[]> = {};
  for (const doc of manifestObjects(manifest)) {
    const group = groupOf(doc.apiVersion);
    const key = `${doc.kind}${group ? `.${group}` : ""}/${doc.apiVersion}`;
    (names[key] ??= []).push(idOf(doc.metadata.namespace, doc.metadata.name));
  }
  return names;
}
