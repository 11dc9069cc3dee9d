import { createHash, randomBytes } from "node:crypto";
import type { ObjectMeta, WholeObject } from "../../kube";
import { isTrue, urnName } from "./kinds";
import { Json } from "./wire";

export const AUTONAMED = "pulumi.com/autonamed";

export interface Autonaming {
  proposedName: string;
  mode: "propose" | "enforce" | "disable";
}

/** Returns `name-xxxxxxxx`. The engine's seed makes the name the same for every call in one run. */
export function uniqueName(prefix: string, seed: Uint8Array): string {
  const hex = seed.length > 0 ? createHash("sha256").update(seed).digest("hex") : randomBytes(4).toString("hex");
  return `${prefix}-${hex.slice(0, 8)}`;
}

/** Names an object that the program left unnamed. Reuses the old generated name if there is one. */
export function autoname(
  news: WholeObject,
  olds: WholeObject | undefined,
  urn: string,
  seed: Uint8Array,
  wish?: Autonaming,
): void {
  const named: Json = news.metadata?.name;
  if (named) return;
  news.metadata ??= {} as ObjectMeta;
  if (olds?.metadata?.name && isTrue(olds, AUTONAMED)) {
    news.metadata.name = olds.metadata.name;
  } else if (wish?.mode === "disable") {
    throw new Error(
      `autonaming is disabled, resource ${JSON.stringify(urn)} requires the \`.metadata.name\` field to be set`,
    );
  } else {
    news.metadata.name = wish?.proposedName || uniqueName(urnName(urn), seed);
  }
  news.metadata.annotations = { ...news.metadata.annotations, [AUTONAMED]: "true" };
}
