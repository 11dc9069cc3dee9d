import { createHash } from "node:crypto";
import { SIGNATURE } from "../../../base/pulumi-marks";

/** What a seat is, as far as a test could leave it other than it was. */
export interface Snapshot {
  /** `VirtualService default/reviews` → the hash of what it says. */
  readonly objects: Readonly<Record<string, string>>;
  /** Resource of the stack's state → the hash of its inputs. */
  readonly resources: Readonly<Record<string, string>>;
  /** File of the checkout → its text: the stack's config, and the names of all stacks. */
  readonly files: Readonly<Record<string, string>>;
}

/** An object as the API server gives it. */
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

/** A resource as a checkpoint has it. */
export interface CheckpointResource {
  urn: string;
  inputs?: unknown;
}

/** Said by controllers, and no content: which rollout a Deployment is at, who leads at the moment, how a claim was bound. */
const OF_CONTROLLERS =
  /^(deployment\.kubernetes\.io\/revision|control-plane\.alpha\.kubernetes\.io\/leader|pv\.kubernetes\.io\/|volume\.kubernetes\.io\/|volume\.beta\.kubernetes\.io\/)/;
/** Metadata that is another one whenever an object was written. What was put back by another run of `up` is as it was. */
const OF_WRITES = new Set(["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink"]);

/** Given by the cluster: a Service that was taken away and put back has another address of the cluster's own. */
const GIVEN = new Set(["clusterIP", "clusterIPs"]);

/** A namespace that was made anew has lost all that was in it, so it is told by its uid, too. */
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

/** A secret is locked anew whenever the state is written: that there is one, and where, is compared. */
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

/** The order of keys is no difference. */
function sorted(value: unknown): string | undefined {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
