import { gunzipSync } from "node:zlib";
import { parseAllDocuments } from "yaml";
import type { KubeObject, WholeObject } from "./object";

/** The label selector of what Helm keeps of a release: a Secret for each revision, in the release's namespace. */
export function recordsOf(release: string): string {
  return `owner=helm,name=${release}`;
}

/** Such a Secret, as far as it is read here. */
export interface RecordSecret extends KubeObject {
  data?: { release?: string };
}

/** What Helm packs into it, as far as it is read here. */
export interface HelmRecord {
  name: string;
  namespace: string;
  version: number;
  info: { status: string };
  chart: { metadata: { name: string; version: string; appVersion?: string } };
  config?: Record<string, unknown> | null;
  manifest?: string;
}

/** Unpacks a record: base64 of the Secret, then Helm's own base64 and gzip. @throws Error where it is none */
export function unpack({ metadata, data }: RecordSecret): HelmRecord {
  try {
    const packed = Buffer.from(Buffer.from(data!.release!, "base64").toString(), "base64");
    return JSON.parse(gunzipSync(packed).toString("utf8")) as HelmRecord;
  } catch (error) {
    throw new Error(`Secret ${metadata.name} is no record of a Helm release: ${(error as Error).message}`);
  }
}

/** The number of the revision that a record is of; its labels say it without unpacking. */
export function revisionOf({ metadata }: RecordSecret): number {
  return Number(metadata.labels?.version ?? 0);
}

/** The objects of a manifest, in its order. One without a namespace is in the release's own, or in none. Helm reads it as YAML 1.1. */
export function manifestObjects(manifest: string): WholeObject[] {
  return parseAllDocuments(manifest, { version: "1.1" })
    .map((document) => document.toJS() as WholeObject | null)
    .filter((object): object is WholeObject => object?.kind !== undefined);
}
