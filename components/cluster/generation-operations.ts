import { randomUUID } from "node:crypto";
import type { DynamicOperations } from "./module-shim";

export interface GenerationInputs {
  /** Inputs whose change requires a new cluster. */
  keepers: Record<string, unknown>;
}

/** What a target tells about its clusters. */
export interface Clusters<Inputs extends GenerationInputs> {
  /** The input that names the cluster. A preview shows it as changed when the cluster is lost. */
  readonly anchor: keyof Inputs & string;
  /** Returns a sentence for the user that says how the cluster was lost. Undefined while it exists. */
  loss(generation: string, inputs: Inputs): Promise<string | undefined>;
  /** Returns a sentence for the user that says why the changed keepers require a new cluster. @default no sentence */
  reason?(olds: Inputs, news: Inputs, changed: readonly string[]): string;
  /** Deletes what a killed run created for this generation and no state knows. @default nothing */
  clear?(generation: string, inputs: Inputs): Promise<void>;
}

/**
 * The resource that stands for one particular cluster. It is replaced, create before delete, when a keeper changes or
 * the cluster is gone. Its diff checks for a lost cluster at every preview, because without a refresh nothing else
 * does.
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
    // The resource stays in the state even when the cluster is gone. Only its *replacement* keeps deletes away from
    // the next cluster.
    read: async (id, props) => ({ id, props }),
    update: neverUpdated,
    delete: async (id, props) => clusters.clear?.(id, props),
  };
}

/** For resources whose every change is a replacement. */
export async function neverUpdated(): Promise<never> {
  throw new Error("Every change of this resource is a replacement.");
}
