/** The parts of an Azure VM size's name: Standard_D4s_v5 is family D, 4 vCPUs, features s. */
export interface VmSize {
  /** Letters before the number. */
  readonly family: string;
  readonly cores: number;
  /** Letters after the number. */
  readonly features: string;
}

/** The fewest vCPUs for Istio's course. A smaller size leaves pods Pending. */
export const LEAST_CORES = 4;

/** Matches Azure's errors for a size that has no room in a region, or is not available to this subscription. */
export const NO_ROOM =
  /\b((Zonal)?AllocationFailed|OverconstrainedAllocationRequest|SkuNotAvailable)\b|Allocation failed\. We do not have sufficient capacity/i;

/**
 * Alternatives from other families, which have their own room and quota: 4 vCPUs, 8 GB or more, generation 2.
 * Preflight checks the chosen one.
 */
export const otherSizes = [
  "Standard_D4as_v5",
  "Standard_D4ds_v5",
  "Standard_E4s_v5",
  "Standard_F4s_v2",
  "Standard_B4ms",
];

/** @see https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions */
export function parseSize(name: string): VmSize | undefined {
  const parts = /^Standard_([A-Z]+)(\d+)(?:-(\d+))?([a-z]*)(?:_[A-Z0-9]+)?(?:_v\d+)?$/.exec(name);
  if (parts === null) return undefined;
  const [, family, cores, constrained, features] = parts;
  return { family: family!, cores: Number(constrained ?? cores), features: features! };
}

/** Describes why a size does not suit a seat, as far as its name tells. Undefined where it does. */
export function sizeProblem(name: string, { spot }: { spot: boolean }): string | undefined {
  const size = parseSize(name);
  if (size === undefined) return "is not a size of a VM, such as Standard_D4s_v5";
  if (size.cores < LEAST_CORES)
    return `has ${size.cores} vCPU; a seat needs ${LEAST_CORES} and 8 GB of memory, such as Standard_D4s_v5`;
  // p means Arm: https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions. The seat's k3s and Ubuntu
  // image are for x86-64.
  if (size.features.includes("p")) return "has an Arm processor; a seat needs x86-64, such as Standard_D4s_v5";
  // https://learn.microsoft.com/azure/virtual-machines/spot-vms#limitations
  if (spot && size.family.startsWith("B"))
    return "is of the B-series, which has no spot VMs; take another size, such as Standard_D4s_v5, or azure.spot: false";
  return undefined;
}
