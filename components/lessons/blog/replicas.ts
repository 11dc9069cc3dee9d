import type { Weights } from "../../mesh/weights";

/** Total number of the blog's pods when they follow the weights. */
export const blogPods = 10;

/**
 * Distributes `total` pods over `versions` by their weights. Each version gets at least one, so that traffic can be
 * shifted to a version at 0 %. A higher weight never gets fewer pods. Pods go one by one to the version with the
 * highest weight / (2 × its pods + 1). This is the method of Sainte-Laguë, which unlike rounding always adds up to
 * the total.
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
