import { createHash } from "node:crypto";
import { SIGNATURE } from "../../../base/pulumi-marks";

/** The parts of a seat that a test could leave changed. */
export interface Snapshot {
  /** `VirtualService default/reviews` → the hash of its content. */
  readonly objects: Readonly<Record<string, string>>;
  /** Resource in the stack's state → the hash of its inputs. */
  readonly resources: Readonly<Record<string, string>>;
  /** File in the checkout → its text: the stack's config, and the names of all stacks. */
  readonly files: Readonly<Record<string, string>>;
}

/** An object as the API server returns it. */
export interface LiveObject {
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    annotations?: Record<string, string>;
    [key: string]: unknown;
  };
  [key: string]: unknown;
}

/** A resource in a checkpoint. */
export interface CheckpointResource {
  urn: string;
  inputs?: unknown;
}

/**
 * Annotations that controllers write: a Deployment's revision, the current leader, how a claim was bound. They are
 * not content.
 */
const OF_CONTROLLERS =
  /^(deployment\.kubernetes\.io\/revision|control-plane\.alpha\.kubernetes\.io\/leader|pv\.kubernetes\.io\/|volume\.kubernetes\.io\/|volume\.beta\.kubernetes\.io\/)/;
/** Metadata that changes with every write. An object that another `up` restored counts as unchanged. */
const OF_WRITES = new Set(["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink"]);

/** Fields that the cluster sets: a Service that was deleted and restored gets another cluster IP. */
const GIVEN = new Set(["clusterIP", "clusterIPs"]);

/**
 * Hashes an object's content. A namespace also counts by its uid, because a recreated one has lost all its content.
 */
export function objectHash(object: LiveObject): string {
  const { metadata, status, ...said } = object;
  const content =
    object.kind === "Service"
      ? { ...said, spec: Object.fromEntries(Object.entries(said.spec ?? {}).filter(([key]) => !GIVEN.has(key))) }
      : said;
  const kept = Object.entries(metadata).filter(([key]) => !OF_WRITES.has(key) && key !== "annotations");
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([name]) => !OF_CONTROLLERS.test(name));
  return hash({
    content,
    kept: Object.fromEntries(kept),
    annotations: Object.fromEntries(annotations),
    ...(object.kind === "Namespace" && { uid: metadata.uid }),
  });
}

export function objectsOf(items: readonly LiveObject[]): Record<string, string> {
  return Object.fromEntries(
    items.map((object) => [
      `${object.kind} ${[object.metadata.namespace, object.metadata.name].filter(Boolean).join("/")}`,
      objectHash(object),
    ]),
  );
}

/**
 * Hashes the resources. A secret is encrypted again at every write of the state, so only its presence and place are
 * compared.
 */
export function resourcesOf(resources: readonly CheckpointResource[]): Record<string, string> {
  return Object.fromEntries(
    resources.map(({ urn, inputs }) => [
      urn
        .split("::")
        .slice(2)
        .join(" ")
        .replace(/^\S*\$/, ""),
      hash(withoutSecrets(inputs)),
    ]),
  );
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  if (SIGNATURE in value) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]));
}

function hash(value: unknown): string {
  return createHash("sha256")
    .update(sorted(value) ?? "")
    .digest("hex")
    .slice(0, 16);
}

/** Sorts the keys, because their order does not matter. */
function sorted(value: unknown): string | undefined {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
