import type { AzureSettings } from "../../../components/cluster/azure/settings";
import { parseSize } from "../../../components/cluster/azure/size";
import { capability, type Sku } from "./size";
import type { Finding } from "../../preflight/finding";

/** A quota as `az vm list-usage` and `az network list-usages` print it. The numbers may be text. */
export interface Usage {
  readonly name: { readonly value: string; readonly localizedValue?: string };
  readonly currentValue: number | string;
  readonly limit: number | string;
}

/** Whether the region's quotas allow the VMs that the stack still lacks. VMs that are shut down count as used. */
export function quotaFindings(
  { location, vmSize, spot, nodes }: Pick<AzureSettings, "location" | "vmSize" | "spot" | "nodes">,
  sku: Sku | undefined,
  own: number,
  cores: readonly Usage[],
  addresses: readonly Usage[],
): Finding[] {
  return quotaFindingsOf(location, [{ vmSize, spot, sku, more: Math.max(0, nodes - own) }], cores, addresses);
}

/** VMs of one size that are still to be made in a region. */
export interface MoreMachines extends Pick<AzureSettings, "vmSize" | "spot"> {
  readonly sku: Sku | undefined;
  readonly more: number;
}

/** Like `quotaFindings`, for VMs of several sizes, of one or many seats. */
export function quotaFindingsOf(
  region: string,
  wanted: readonly MoreMachines[],
  cores: readonly Usage[],
  addresses: readonly Usage[],
): Finding[] {
  const vCpus = (of: (one: MoreMachines) => boolean) =>
    wanted
      .filter(of)
      .reduce(
        (sum, { vmSize, sku, more }) =>
          sum + more * Number((sku && capability(sku, "vCPUs")) ?? parseSize(vmSize)?.cores ?? 0),
        0,
      );
  const families = [...new Set(wanted.flatMap(({ spot, sku }) => (spot || sku === undefined ? [] : [sku.family])))];
  const more = wanted.reduce((sum, one) => sum + one.more, 0);
  return [
    // Spot VMs have a quota of their own and count for no other: https://learn.microsoft.com/azure/quotas/spot-quota
    ...(wanted.some(({ spot }) => spot)
      ? [
          quotaFinding(
            `spot vCPUs of ${region}`,
            "lowPriorityCores",
            cores,
            vCpus(({ spot }) => spot),
          ),
        ]
      : []),
    ...(wanted.some(({ spot }) => !spot)
      ? [
          quotaFinding(
            `vCPUs of ${region}`,
            "cores",
            cores,
            vCpus(({ spot }) => !spot),
          ),
        ]
      : []),
    ...families.map((family) =>
      quotaFinding(
        `vCPUs of ${family}`,
        family,
        cores,
        vCpus(({ spot, sku }) => !spot && sku?.family === family),
      ),
    ),
    quotaFinding(`public addresses of ${region}`, "PublicIPAddresses", addresses, more),
    // The name differs between regions.
    quotaFinding(
      `standard addresses of ${region}`,
      ["StandardSkuPublicIpAddresses", "IPv4StandardSkuPublicIpAddresses"],
      addresses,
      more,
    ),
  ];
}

function quotaFinding(
  name: string,
  quota: string | readonly string[],
  usages: readonly Usage[],
  needed: number,
): Finding {
  const spellings = [quota].flat();
  const usage = usages.find((one) =>
    spellings.some((spelling) => one.name.value.toLowerCase() === spelling.toLowerCase()),
  );
  if (usage === undefined)
    return {
      name,
      status: "notice",
      seen: `Azure shows no quota ${spellings.join(" or ")}; ${needed} more are needed`,
    };
  const [used, limit] = [Number(usage.currentValue), Number(usage.limit)];
  const seen = `${used} of ${limit} used, ${needed} more needed`;
  if (used + needed <= limit) return { name, status: "ok", seen };
  return {
    name,
    status: "refused",
    seen,
    todo: "ask for more (portal: Quotas), take seats down, or choose another azure.location, azure.vmSize or azure.nodes",
  };
}
