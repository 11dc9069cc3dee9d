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

/** A document of a manifest that is no YAML. */
export interface Unreadable {
  /** `CustomResourceDefinition things.example.org`, as far as its first lines say. */
  readonly what: string;
  readonly why: string;
}

/**
 * Returns the objects of a manifest, in its order. An object without a namespace is in the release's namespace, or is
 * cluster-wide.
 * @throws Error where a document is no YAML
 */
export function manifestObjects(manifest: string): WholeObject[] {
  const { objects, unreadable } = readManifest(manifest);
  const [first] = unreadable;
  if (first !== undefined) throw new Error(`${first.what} in a manifest is no YAML: ${first.why}`);
  return objects;
}

/** The same, with the documents that are no YAML beside the objects. */
export function readManifest(manifest: string): { objects: WholeObject[]; unreadable: Unreadable[] } {
  const [objects, unreadable]: [WholeObject[], Unreadable[]] = [[], []];
  // `---` in the first column begins a document, whatever the text around it is.
  for (const document of manifest.split(/^---(?=\s|$)/m)) {
    try {
      const object = parsed(document);
      if (object?.kind !== undefined) objects.push(object);
    } catch (error) {
      unreadable.push({ what: titleIn(document), why: (error as Error).message.split("\n")[0]! });
    }
  }
  return { objects, unreadable };
}

function titleIn(document: string): string {
  const [kind, name] = [/^kind: *(\S+)/m, /^ {2}name: *(\S+)/m].map((pattern) => pattern.exec(document)?.[1]);
  return [kind ?? "a document", name].filter((word) => word !== undefined).join(" ");
}

/**
 * Helm reads manifests as YAML 1.1. Programs write CustomResourceDefinitions and quote what 1.1 and 1.2 read
 * differently. js-yaml reads Istio's, which are a megabyte, in a tenth of the time.
 */
function parsed(document: string): WholeObject | null {
  if (/^kind: CustomResourceDefinition\s*$/m.test(document)) return load(document) as WholeObject | null;
  const read = parseDocument(document, { version: "1.1" });
  const [error] = read.errors;
  if (error !== undefined) throw error;
  return read.toJS() as WholeObject | null;
}
