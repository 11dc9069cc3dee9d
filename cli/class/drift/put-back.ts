import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, unlessMissing, type Api } from "../../../kube";
import { UserError } from "../../../base/errors";
import type { Changed, SeatDrift } from "./model";

/** How long a deletion may take: the apps' grace periods are seconds. */
const PATIENCE_MS = 60_000;

/** Exactly this object, not another one that got its name since. */
export interface Target {
  readonly path: string;
  readonly uid: string;
}

/** What `up` does not see and so cannot restore: added objects, and fields added to the program's objects. */
export interface ByHand {
  /** Objects to delete for good. */
  readonly added: readonly Target[];
  /** Objects of the program to delete, so that `up` recreates them without the added fields. */
  readonly remade: readonly Target[];
  /**
   * Objects that only lose a label or an annotation, with the patch. Deleting a Namespace would delete everything in
   * it.
   */
  readonly stripped: readonly (Target & { readonly patch: object })[];
}

export function byHand({ changed, added }: Pick<SeatDrift, "changed" | "added">): ByHand {
  const beyond = changed.flatMap((one) =>
    one.beyond === undefined || one.uid === undefined ? [] : [{ path: one.beyond, uid: one.uid, patch: patchOf(one) }],
  );
  return {
    added: added.map(({ path, uid }) => ({ path, uid })),
    remade: beyond.flatMap(({ path, uid, patch }) => (patch === undefined ? [{ path, uid }] : [])),
    stripped: beyond.flatMap(({ path, uid, patch }) => (patch === undefined ? [] : [{ path, uid, patch }])),
  };
}

/**
 * The patch that removes what was added, where that is only labels and annotations.
 * https://www.rfc-editor.org/rfc/rfc7396
 */
export function patchOf({ fields }: Pick<Changed, "fields">): object | undefined {
  const metadata: Record<string, Record<string, null>> = {};
  for (const { path, before } of fields) {
    if (before !== undefined) continue;
    const [, map, plain, quoted] = /^metadata\.(labels|annotations)(?:\.([\w-]+)|\["(.+)"\])$/.exec(path) ?? [];
    if (map === undefined) return undefined;
    (metadata[map] ??= {})[(plain ?? quoted)!] = null;
  }
  return { metadata };
}

/** Deletes what was added by hand. Waits for objects that `up` must recreate, and for no others. */
export async function takeAway(api: Api, { added, remade, stripped }: ByHand, signal: AbortSignal): Promise<void> {
  // The uid makes the patch conditional: https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-update
  for (const { path, uid, patch } of stripped)
    await shown(path, api.request("PATCH", path, { body: withUid(patch, uid), type: "application/merge-patch+json" }));
  for (const { path, uid } of [...added, ...remade])
    await unlessMissing(
      shown(path, api.request("DELETE", path, { body: { propagationPolicy: "Background", preconditions: { uid } } })),
      undefined,
    );
  await untilGone(api, remade, signal);
}

function withUid(patch: object, uid: string): object {
  return { ...patch, metadata: { ...(patch as { metadata?: object }).metadata, uid } };
}

/** @throws UserError where the object is no longer the one that was shown */
async function shown<T>(path: string, asked: Promise<T>): Promise<T> {
  return asked.catch((error: unknown) => {
    const isOther = error instanceof ApiError && (error.code === 409 || error.code === 422);
    throw isOther
      ? new UserError(`${path} is not the object that was shown any more, and is left alone (${error.message}).`)
      : error;
  });
}

/** Waits until the deleted objects are gone. @throws UserError that names the remaining ones */
export async function untilGone(api: Api, targets: readonly Target[], signal: AbortSignal): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const answers = await Promise.all(
      targets.map(({ path }) => unlessMissing(api.request<{ metadata?: { uid?: string } }>("GET", path), undefined)),
    );
    const left = targets
      .filter(({ uid }, index) => answers[index] !== undefined && (answers[index].metadata?.uid ?? uid) === uid)
      .map(({ path }) => path);
    if (left.length === 0) return;
    if (Date.now() > end)
      throw new UserError(
        `Deleted, and still there after ${PATIENCE_MS / 1000} s: ${left.join(", ")}. Something holds it; look at its metadata.finalizers.`,
      );
    await sleep(500, undefined, { signal });
  }
}
