import { randomUUID } from "node:crypto";
import type { DynamicOperations } from "./module-shim";

export interface GenerationInputs {
  /** Every input that makes a new cluster. */
  keepers: Record<string, unknown>;
}

/** What the cluster of a generation is asked. */
export interface Clusters<Inputs extends GenerationInputs> {
  /** The input that names the cluster: the one a preview shows as changed when the cluster is lost. */
  readonly anchor: keyof Inputs & string;
  /** What became of the cluster, as a sentence for the user; undefined while it is there. */
  loss(generation: string, inputs: Inputs): Promise<string | undefined>;
  /** Why keepers that have changed make a new cluster, as a sentence for the user. @default nothing is said */
  reason?(olds: Inputs, news: Inputs, changed: readonly string[]): string;
  /** Clears away what a killed run made of this generation and no state knows. @default nothing */
  clear?(generation: string, inputs: Inputs): Promise<void>;
}

/**
 * The resource that stands for "this very cluster". It is replaced, create before delete, when a keeper changes and when the cluster is found gone;
 * diff asks for that at every preview, because without a refresh nobody else does.
 */
export function generationOf<Inputs extends GenerationInputs>(clusters: Clusters<Inputs>): DynamicOperations<Inputs> {
  return {
    async diff(id, olds, news) {
      const changed = Object.keys({ ...olds.keepers, ...news.keepers }).filter(
        (key) => olds.keepers[key] !== news.keepers[key],
      );
      if (changed.length > 0) {
        const reason = clusters.reason?.(olds, news, changed);
        if (reason !== undefined) console.log(reason);
        return { changes: true, replaces: changed.map((key) => `keepers.${key}`) };
      }
      const loss = await clusters.loss(id, news);
      if (loss === undefined) return { changes: false, replaces: [] };
      console.log(loss); // Pulumi shows what its dynamic plugin prints
      return { changes: true, replaces: [clusters.anchor] };
    },
    create: async (inputs) => ({ id: randomUUID(), outs: inputs }),
    // It stays, also when the cluster is gone: only as a *replacement* does it keep deletes away from the next cluster.
    read: async (id, props) => ({ id, props }),
    update: neverUpdated,
    delete: async (id, props) => clusters.clear?.(id, props),
  };
}

/** For resources whose every change is a replacement. */
export async function neverUpdated(): Promise<never> {
  throw new Error("Every change of this resource is a replacement.");
}
