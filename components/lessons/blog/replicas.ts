import type { Weights } from "../../mesh/weights";

/** Pods of the blog's versions together, when they follow the weights. */
export const blogPods = 10;

/**
 * `total` pods over `versions` by their weights, none without any: a version at 0 % is there to be shifted to. More weight is never fewer pods.
 * Pods go one by one to the version with the highest weight / (2 × its pods + 1), the method of Sainte-Laguë: unlike rounding it always sums up.
 */
export function replicasByWeight(total: number, versions: readonly string[], weights: Weights): Record<string, number> {
  const replicas = Object.fromEntries(versions.map((version) => [version, 1]));
  const claim = (version: string) => (weights[version] ?? 0) / (2 * replicas[version]! + 1);
  for (let given = versions.length; given < total; given++) {
    const next = versions.reduce((first, version) => (claim(version) > claim(first) ? version : first));
    replicas[next]!++;
  }
  return replicas;
}
