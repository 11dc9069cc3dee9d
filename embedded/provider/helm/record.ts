import { gunzipSync } from "node:zlib";
import { parseAllDocuments } from "yaml";
import { Cluster } from "../cluster";
import { groupOf, idOf, Obj } from "../kinds";
import { Bag } from "../wire";

/** What helm keeps of one revision of a release, in a Secret of the release's namespace. */
export interface ReleaseRecord {
  name: string;
  namespace: string;
  revision: number;
  /** deployed, failed, pending-install, pending-upgrade, … */
  status: string;
  chart: { name: string; version: string; appVersion: string };
  config: Bag;
  manifest: string;
  secretName: string;
  labels: Record<string, string>;
}

/** The newest revision; undefined when there is no such release. */
export async function readRecord(cluster: Cluster, namespace: string, name: string): Promise<ReleaseRecord | undefined> {
  const list = (await cluster.request("GET", `/api/v1/namespaces/${namespace}/secrets`, { query: { labelSelector: `owner=helm,name=${name}` } })) as Bag;
  const newest = (list.items as Obj[]).sort((a, b) => Number(b.metadata.labels.version) - Number(a.metadata.labels.version))[0];
  if (!newest) return undefined;
  // base64 of the Secret, then helm's own base64 and gzip.
  const packed = Buffer.from(Buffer.from(newest.data.release, "base64").toString(), "base64");
  const r = JSON.parse(gunzipSync(packed).toString("utf8")) as Bag;
  const { name: chart, version, appVersion = "" } = r.chart.metadata;
  return {
    name: r.name, namespace: r.namespace, revision: r.version, status: r.info.status, chart: { name: chart, version, appVersion },
    config: r.config ?? {}, manifest: r.manifest ?? "", secretName: newest.metadata.name, labels: newest.metadata.labels,
  };
}

/** The names of a manifest's objects by `Kind[.group]/apiVersion`. */
export function resourceNames(manifest: string): Record<string, string[]> {
  const names: Record<string, string[]> = {};
  for (const document of parseAllDocuments(manifest, { version: "1.1" })) {
    const doc = document.toJS() as Obj | null;
    if (!doc?.kind) continue;
    const group = groupOf(doc.apiVersion);
    const key = `${doc.kind}${group ? `.${group}` : ""}/${doc.apiVersion}`;
    (names[key] ??= []).push(idOf(doc.metadata.namespace, doc.metadata.name));
  }
  return names;
}
