import { isSecret } from "../../base/pulumi-marks";
import { isMap } from "../../base/values";

/** The parts of `pulumi stack export --show-secrets` that are read here. */
export interface Export {
  readonly deployment: { readonly resources?: readonly ExportedResource[] };
}

export interface ExportedResource {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
}

/** An object as kubectl takes it. */
export interface ScriptObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
  readonly [field: string]: unknown;
}

/** A release as helm takes it. */
export interface ScriptRelease {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly version?: string;
  readonly repository?: string;
  readonly values: object;
  readonly timeout: number;
}

/** What a stack has in its cluster, as a person would make it with kubectl and helm. */
export interface ScriptParts {
  readonly namespaces: readonly ScriptObject[];
  /** Namespaces that are somebody else's, which get only labels. */
  readonly labelled: readonly ScriptObject[];
  /** Releases that others depend on, in the order in which they have to be made. */
  readonly releasesInTurn: readonly ScriptRelease[];
  /** Releases that nothing else waits for. */
  readonly releasesBeside: readonly ScriptRelease[];
  readonly objects: readonly ScriptObject[];
}

const RELEASE = "kubernetes:helm.sh/v3:Release";

/** Reads the parts from the export. What is no object of Kubernetes, such as a component, is left out. */
export function partsOf({ deployment: { resources = [] } }: Export): ScriptParts {
  const ours = resources.filter(({ type }) => type.startsWith("kubernetes:"));
  const releases = ours.filter(({ type }) => type === RELEASE);
  const needed = new Set(releases.flatMap(({ dependencies = [] }) => dependencies));
  const objects = ours
    .filter(({ type }) => type !== RELEASE)
    .map(({ type, inputs }) => ({ type, object: objectOf(inputs) }));
  const isPatch = (type: string) => type.endsWith("Patch");
  const ofKind = (kind: string) => objects.filter(({ object }) => object.kind === kind);
  return {
    namespaces: ofKind("Namespace").flatMap(({ type, object }) => (isPatch(type) ? [] : [object])),
    labelled: ofKind("Namespace").flatMap(({ type, object }) => (isPatch(type) ? [object] : [])),
    // The state lists a resource behind everything that it depends on.
    releasesInTurn: releases.filter(({ urn }) => needed.has(urn)).map(({ inputs }) => releaseOf(inputs)),
    releasesBeside: releases.filter(({ urn }) => !needed.has(urn)).map(({ inputs }) => releaseOf(inputs)),
    objects: objects.flatMap(({ object }) => (object.kind === "Namespace" ? [] : [object])),
  };
}

function objectOf(inputs: unknown): ScriptObject {
  return cleaned(inputs) as ScriptObject;
}

function releaseOf(inputs: unknown): ScriptRelease {
  const { name, namespace, chart, version, repositoryOpts, values, timeout } = cleaned(inputs) as {
    name: string;
    namespace: string;
    chart: string;
    version?: string;
    repositoryOpts?: { repo?: string };
    values?: object;
    timeout?: number;
  };
  return {
    name,
    namespace,
    chart,
    ...(version !== undefined && { version }),
    ...(repositoryOpts?.repo !== undefined && { repository: repositoryOpts.repo }),
    values: values ?? {},
    timeout: timeout ?? 300,
  };
}

/** Takes out what only Pulumi reads: its own fields, its annotations, and the wrapping of a secret. */
function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleaned);
  if (!isMap(value)) return value;
  if (isSecret(value)) return cleaned(JSON.parse(value.plaintext as string));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith("__") && !key.startsWith("pulumi.com/"))
      .map(([key, inner]) => [key, cleaned(inner)]),
  );
}
