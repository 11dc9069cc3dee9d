import { setTimeout as sleep } from "node:timers/promises";
import { unlessMissing, type Api } from "../../check/api";
import { UserError } from "../../errors";
import type { Changed, SeatDrift } from "./model";

/** How long an object may take to go: the apps' own grace periods are seconds. */
const PATIENCE_MS = 60_000;

/** What `up` cannot put back itself, since it does not see it: objects that were added, and fields that were added to the program's own. */
export interface ByHand {
  /** Objects that go for good. */
  readonly added: readonly string[];
  /** Objects of the program that go, so that `up` makes them without what was added to them. */
  readonly remade: readonly string[];
  /** Objects that only lose a label or an annotation, and the patch for it: a Namespace cannot go without all that is in it. */
  readonly stripped: readonly { readonly path: string; readonly patch: object }[];
}

export function byHand({ changed, added }: SeatDrift): ByHand {
  const beyond = changed.flatMap((one) => (one.beyond === undefined ? [] : [{ path: one.beyond, patch: patchOf(one) }]));
  return {
    added: added.map(({ path }) => path),
    remade: beyond.flatMap(({ path, patch }) => (patch === undefined ? [path] : [])),
    stripped: beyond.flatMap(({ path, patch }) => (patch === undefined ? [] : [{ path, patch }])),
  };
}

/** The patch that takes away what was added, where that is nothing but labels and annotations. https://www.rfc-editor.org/rfc/rfc7396 */
function patchOf({ fields }: Changed): object | undefined {
  const metadata: Record<string, Record<string, null>> = {};
  for (const { path, before } of fields) {
    if (before !== undefined) continue;
    const [, map, plain, quoted] = /^metadata\.(labels|annotations)(?:\.([\w-]+)|\["(.+)"\])$/.exec(path) ?? [];
    if (map === undefined) return undefined;
    (metadata[map] ??= {})[(plain ?? quoted)!] = null;
  }
  return { metadata };
}

/** Takes away what was added by hand. What `up` is to make anew is gone afterwards; the rest goes in its own time. */
export async function takeAway(api: Api, { added, remade, stripped }: ByHand, signal: AbortSignal): Promise<void> {
  for (const { path, patch } of stripped) await api.json("PATCH", path, { body: patch, type: "application/merge-patch+json" });
  for (const path of [...added, ...remade]) await unlessMissing(api.json("DELETE", path, { body: { propagationPolicy: "Background" } }), undefined);
  await untilGone(api, remade, signal);
}

/** Waits until objects that were deleted are gone. @throws UserError that names what does not go */
export async function untilGone(api: Api, paths: readonly string[], signal: AbortSignal): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const answers = await Promise.all(paths.map((path) => unlessMissing(api.json<unknown>("GET", path), undefined)));
    const left = paths.filter((_, index) => answers[index] !== undefined);
    if (left.length === 0) return;
    if (Date.now() > end) throw new UserError(`Deleted, and still there after ${PATIENCE_MS / 1000} s: ${left.join(", ")}. Something holds it; look at its metadata.finalizers.`);
    await sleep(500, undefined, { signal });
  }
}
