import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, unlessMissing, type Api } from "../../kube";
import { UserError } from "../../base/errors";
import type { Changed } from "./model";

/** How long a deletion may take: the apps' grace periods are seconds. */
const PATIENCE_MS = 60_000;

/** Exactly this object, not another one that got its name since. */
export interface DeletionTarget {
  readonly path: string;
  readonly uid: string;
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

/** Deletes exactly these objects. */
export async function takeAway(api: Api, targets: readonly DeletionTarget[]): Promise<void> {
  for (const { path, uid } of targets)
    await unlessMissing(
      shown(path, api.request("DELETE", path, { body: { propagationPolicy: "Background", preconditions: { uid } } })),
      undefined,
    );
}

/** @throws UserError where the object is no longer the one that was shown */
async function shown<T>(path: string, asked: Promise<T>): Promise<T> {
  return asked.catch((error: unknown) => {
    const isOther = error instanceof ApiError && (error.code === 409 || error.code === 422);
    throw isOther
      ? new UserError(`${path} is no longer the object that was shown, and is kept (${error.message}).`)
      : error;
  });
}

/** Waits until the deleted objects are gone. @throws UserError that names the remaining ones */
export async function untilGone(api: Api, targets: readonly DeletionTarget[], signal: AbortSignal): Promise<void> {
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
        `Deleted, but still present after ${PATIENCE_MS / 1000} s: ${left.join(", ")}. Something holds it; look at its metadata.finalizers.`,
      );
    await sleep(500, undefined, { signal });
  }
}
