import type { Finding, Target } from "./finding";

/**
 * The finding that explains a failed check best: one about its own services before one about the whole namespace, one
 * that breaks what the check proves, a known cause before a mere difference. Undefined where none fits at all.
 */
export function choose(target: Target, findings: readonly Finding[]): Finding | undefined {
  const here = findings.filter(({ namespace }) => namespace === undefined || namespace === target.namespace || target.beyond?.includes(namespace));
  const fitting = here.filter((finding) => meets(finding, target));
  const among = fitting.some((finding) => explains(finding, target)) ? fitting.filter((finding) => explains(finding, target)) : fitting;
  return best(among, target);
}

/** A finding of the check's namespace that is not about its services: worth a look where nothing else was found. */
export function nearby(target: Target, findings: readonly Finding[]): Finding | undefined {
  return best(findings.filter(({ namespace }) => namespace !== undefined && (namespace === target.namespace || target.beyond?.includes(namespace))), target);
}

function meets({ services }: Finding, target: Target): boolean {
  return services.length === 0 || services.some((service) => target.services.includes(service));
}

function explains({ aspects }: Finding, target: Target): boolean {
  return aspects.length === 0 || aspects.some((aspect) => target.aspects.includes(aspect));
}

function best(findings: readonly Finding[], target: Target): Finding | undefined {
  const score = (finding: Finding) => {
    const [surest] = finding.aspects;
    return [
      finding.generic ? 0 : 1,
      finding.namespace === undefined ? 0 : 1,
      surest !== undefined && target.aspects.includes(surest) ? 1 : 0,
      finding.services.filter((service) => target.services.includes(service)).length > 0 ? 1 : 0,
    ];
  };
  const ranked = findings.map((finding) => ({ finding, score: score(finding) }));
  // Stable: of equals the first rule's.
  return ranked.sort((a, b) => b.score.map((value, index) => value - a.score[index]!).find((difference) => difference !== 0) ?? 0)[0]?.finding;
}
