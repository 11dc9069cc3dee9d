import { gunzipSync } from "node:zlib";
import { load } from "js-yaml";
import { parseDocument } from "yaml";
import type { KubeObject, WholeObject } from "./object";

/**
 * Returns the label selector of a release's records. Helm keeps one Secret for each revision, in the release's
 * namespace.
 */
export function recordsOf(release: string): string {
  return `owner=helm,name=${release}`;
}

/** A release's Secret, with the fields that we read. */
export interface RecordSecret extends KubeObject {
  data?: { release?: string };
}

/** Helm's record inside the Secret, with the fields that we read. */
export interface HelmRecord {
  name: string;
  namespace: string;
  version: number;
  info: { status: string };
  chart: { metadata: { name: string; version: string; appVersion?: string } };
  config?: Record<string, unknown> | null;
  manifest?: string;
}

/** Unpacks a record: the Secret's base64, then Helm's own base64 and gzip. @throws Error where it is not a record */
export function unpack({ metadata, data }: RecordSecret): HelmRecord {
  try {
    const packed = Buffer.from(Buffer.from(data!.release!, "base64").toString(), "base64");
    return JSON.parse(gunzipSync(packed).toString("utf8")) as HelmRecord;
  } catch (error) {
    throw new Error(`Secret ${metadata.name} is not a record of a Helm release: ${(error as Error).message}`);
  }
}

/** Returns a record's revision number. The labels contain it, so nothing is unpacked. */
export function revisionOf({ metadata }: RecordSecret): number {
  return Number(metadata.labels?.version ?? 0);
}

/**
 * Returns the objects of a manifest, in its order. An object without a namespace is in the release's namespace, or is
 * cluster-wide.
 */
export function manifestObjects(manifest: string): WholeObject[] {
  // `---` in the first column begins a document, whatever the text around it is.
  return manifest
    .split(/^---(?=\s|$)/m)
    .map(parsed)
    .filter((object): object is WholeObject => object?.kind !== undefined);
}

/**
 * Helm reads manifests as YAML 1.1. Programs write CustomResourceDefinitions and quote what 1.1 and 1.2 read
 * differently. js-yaml reads Istio's, which are a megabyte, in a tenth of the time.
 */
function parsed(document: string): WholeObject | null {
  const isDefinition = /^kind: CustomResourceDefinition\s*$/m.test(document);
  return (isDefinition ? load(document) : parseDocument(document, { version: "1.1" }).toJS()) as WholeObject | null;
}
