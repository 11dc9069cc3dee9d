import { setTimeout as sleep } from "node:timers/promises";
import { isMap } from "../../base/values";
import { ApiError, WholeObject } from "../../kube";
import { Cluster } from "./cluster";
import { NoMatchError } from "./errors";
import { annotation, isCrd, isTrue } from "./kinds";
import { Bag, clone, Json } from "./wire";

export interface Apply {
  cluster: Cluster;
  preview: boolean;
  fieldManager: string;
  /** Takes a field over from its other owners instead of failing. */
  force: boolean;
  /** A message on the resource's progress line. */
  say(message: string): void;
}

const APPLY = "application/apply-patch+yaml";
const dryRun = (a: Apply): { dryRun?: string } => (a.preview ? { dryRun: "All" } : {});

/** `pulumi.com/patchForce` on the object wins over the provider's enablePatchForce. */
export const patchForce = (inputs: WholeObject, provider: boolean): boolean => {
  const said = annotation(inputs, "pulumi.com/patchForce");
  return said === undefined ? provider : isTrue(inputs, "pulumi.com/patchForce");
};

/** How many seconds a create or update is tried again while a webhook is registered but does not answer. */
const WEBHOOK_PATIENCE = 60;

/**
 * Creates by POST, so that an object of somebody else is an error and is not overwritten. Uses server-side apply with
 * `upsert` and for Patch resources. Waits for what may still be created: the kind's definition, the namespace, a
 * webhook.
 */
export async function createObject(a: Apply, inputs: WholeObject, upsert: boolean): Promise<WholeObject> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await throughWebhook(a, async () => {
        const body = await bodyOf(a.cluster, inputs);
        if (upsert) return applyTo(a, await a.cluster.path(body), body);
        return (await a.cluster.request("POST", await a.cluster.collection(body), {
          body,
          query: { fieldManager: "pulumi-kubernetes", ...dryRun(a) },
        })) as WholeObject;
      });
    } catch (e) {
      const missing = e instanceof NoMatchError || (e instanceof ApiError && e.isNotFound);
      if (a.preview && e instanceof ApiError && e.namespaceMissing) throw e;
      a.say(`Retry #${attempt}; creation failed: ${(e as Error).message}`);
      if (!missing || attempt >= 5) throw e;
      a.cluster.forgetKinds();
      await sleep(1000 * 2 ** Math.min(attempt, 3));
    }
  }
}

/** Applies the inputs to the live object. A definition is replaced as a whole, as `kubectl replace` does. */
export async function updateObject(
  a: Apply,
  inputs: WholeObject,
  live: WholeObject,
  patchResource: boolean,
): Promise<WholeObject> {
  const body = await bodyOf(a.cluster, inputs);
  const path = await a.cluster.path(body);
  return throughWebhook(a, async () => {
    if (isCrd(body)) {
      const full = clone(body);
      full.metadata.resourceVersion = live.metadata.resourceVersion;
      return (await a.cluster.request("PUT", path, {
        body: full,
        query: { fieldManager: a.fieldManager, ...dryRun(a) },
      })) as WholeObject;
    }
    if (patchResource) return applyTo(a, path, body);
    // A preview must not write managedFields. Force has the same effect there.
    if (a.preview) return applyTo({ ...a, force: a.force || hasOthersOfOurs(live) }, path, body);
    const patch = adoptFields(live, a.fieldManager);
    if (patch) await a.cluster.request("PATCH", path, { body: patch, type: "application/json-patch+json" });
    return applyTo(a, path, body);
  });
}

/**
 * Gives up the fields that a Patch resource owned: applying an empty object removes the fields that only this manager
 * had set.
 */
export async function relinquish(a: Apply, o: WholeObject): Promise<void> {
  const { apiVersion, kind, metadata } = o;
  const body = await bodyOf(a.cluster, {
    apiVersion,
    kind,
    metadata: { name: metadata.name, namespace: metadata.namespace },
  });
  const path = await a.cluster.path(body);
  const live = (await a.cluster.request("GET", path)) as WholeObject;
  if (!(live.metadata.managedFields ?? []).some((e: Bag) => e.manager === a.fieldManager)) return;
  await applyTo({ ...a, force: true }, path, body);
}

async function applyTo(a: Apply, path: string, body: WholeObject): Promise<WholeObject> {
  try {
    return (await a.cluster.request("PATCH", path, {
      body,
      type: APPLY,
      query: { fieldManager: a.fieldManager, force: String(a.force), ...dryRun(a) },
    })) as WholeObject;
  } catch (e) {
    if (!(e instanceof ApiError && e.isConflict)) throw e;
    const link =
      "https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources";
    throw new ApiError(
      e.code,
      `server-side apply field conflict detected, see ${link} for troubleshooting help\n` +
        `The resource managed by field manager "${a.fieldManager}" had an apply conflict: ${e.message}`,
      e.reason,
    );
  }
}

async function bodyOf(cluster: Cluster, inputs: WholeObject): Promise<WholeObject> {
  const body = clone(inputs);
  // A custom resource may have been checked before its definition existed, and given a namespace that its kind does
  // not have.
  if (body.metadata.namespace !== undefined && (await cluster.namespaced(body)) === false)
    delete body.metadata.namespace;
  return body;
}

async function throughWebhook<T>(a: Apply, call: () => Promise<T>): Promise<T> {
  const until = Date.now() + WEBHOOK_PATIENCE * 1000;
  for (;;) {
    try {
      return await call();
    } catch (e) {
      if (a.preview || !(e instanceof ApiError) || !e.webhookAbsent || Date.now() > until) throw e;
      a.say(`waiting for an admission webhook to answer: ${e.message}`);
      await sleep(1000);
    }
  }
}

/**
 * The managers whose fields are taken over without asking. These are `kubectl` (edit, patch, label, apply) and the
 * provider's own create, which is a plain POST. An entry of a subresource (`kubectl scale`) is not taken over: the
 * user decides that conflict.
 */
const takenOver: [string, string][] = [
  ["kubectl", "Apply"],
  ["kubectl", "Update"],
  ["before-first-apply", "Update"],
  ["pulumi-kubernetes", "Update"],
  ["pulumi-resource-kubernetes", "Update"],
];
const isOurs = (e: Bag): boolean =>
  !e.subresource && takenOver.some(([name, operation]) => e.manager.startsWith(name) && e.operation === operation);

export const hasOthersOfOurs = (live: WholeObject): boolean => (live.metadata.managedFields ?? []).some(isOurs);

/**
 * The JSON patch that hands those entries to `manager`, so that a field that the program drops is really removed.
 * Undefined if there are none.
 */
export function adoptFields(live: WholeObject, manager: string): Json[] | undefined {
  if (!hasOthersOfOurs(live)) return undefined;
  const entries: Bag[] = clone(live.metadata.managedFields ?? []);
  const own = entries.find((e) => e.manager === manager && e.operation === "Apply" && !e.subresource);
  const adopted = entries.filter((e) => e !== own && isOurs(e));
  const base: Bag = own ?? { ...adopted[0], manager, operation: "Apply" };
  base.fieldsV1 = adopted.reduce((all, e) => union(all, e.fieldsV1 ?? {}), base.fieldsV1 ?? {});
  const managedFields = [base, ...entries.filter((e) => e !== own && !adopted.includes(e))];
  return [
    { op: "replace", path: "/metadata/managedFields", value: managedFields },
    { op: "replace", path: "/metadata/resourceVersion", value: live.metadata.resourceVersion },
  ];
}

function union(a: Bag, b: Bag): Bag {
  const out = { ...a };
  for (const [k, v] of Object.entries(b)) out[k] = isMap(out[k]) && isMap(v) ? union(out[k], v) : v;
  return out;
}
