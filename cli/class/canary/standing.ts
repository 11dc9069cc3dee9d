import { shareIn, type CanaryPlan } from "../../../components/mesh/canary-plan";
import type { Weights } from "../../../components/mesh/weights";

/** Where a seat is: the share that the new version gets, or, where a third version gets some too, its weights. */
export interface Standing {
  readonly seat: string;
  /** Undefined: it is beside the plan. */
  readonly share?: number;
  readonly weights: Weights;
}

/** @param first the version that gets everything where the config says nothing */
export function standingOf(seat: string, plan: CanaryPlan, weights: Weights | undefined, first: string): Standing {
  const own = weights ?? { [first]: 100 };
  const share = shareIn(plan, own);
  return { seat, ...(share !== undefined && { share }), weights: own };
}

/** The share most seats are at; of several such the least, so that no seat is taken further than it has to go. Undefined: all are beside the plan. */
export function mostAt(standings: readonly Standing[]): number | undefined {
  const count = new Map<number, number>();
  for (const { share } of standings) if (share !== undefined) count.set(share, (count.get(share) ?? 0) + 1);
  return [...count].sort(([share, seats], [otherShare, others]) => others - seats || share - otherShare)[0]?.[0];
}

/**
 * The share all seats go to: the first step above where most of them are, or the last below it, which before the first step is none. At the end of the plan
 * it is that end, so that seats that are elsewhere come there too.
 */
export function targetShare({ steps }: CanaryPlan, standings: readonly Standing[], to: "next" | "back"): number {
  const at = mostAt(standings) ?? 0;
  if (to === "next") return steps.find((step) => step > at) ?? steps.at(-1)!;
  return steps.findLast((step) => step < at) ?? 0;
}
