import type { AzureSettings } from "../../components/cluster/azure/settings";
import { parseSize } from "../../components/cluster/azure/size";
import { capability, type Sku } from "./azure-size";
import type { Finding } from "./finding";

/** A quota as `az vm list-usage` and `az network list-usages` show it; the numbers may be text. */
export interface Usage {
  readonly name: { readonly value: string; readonly localizedValue?: string };
  readonly currentValue: number | string;
  readonly limit: number | string;
}

/** Whether what the stack has not yet fits into what the region leaves. VMs that are shut down count as used. */
export function quotaFindings(settings: AzureSettings, sku: Sku | undefined, own: number, cores: readonly Usage[], addresses: readonly Usage[]): Finding[] {
  const more = Math.max(0, settings.nodes - own);
  const each = Number((sku && capability(sku, "vCPUs")) ?? parseSize(settings.vmSize)?.cores ?? 0);
  const needed = more * each;
  const region = settings.location;
  // Spot VMs have a quota of their own, and count for no other: https://learn.microsoft.com/azure/quotas/spot-quota
  const vCpus = settings.spot
    ? [quotaFinding(`spot vCPUs of ${region}`, "lowPriorityCores", cores, needed)]
    : [quotaFinding(`vCPUs of ${region}`, "cores", cores, needed), ...(sku ? [quotaFinding(`vCPUs of ${sku.family}`, sku.family, cores, needed)] : [])];
  return [...vCpus, quotaFinding(`public addresses of ${region}`, "PublicIPAddresses", addresses, more), quotaFinding(`standard addresses of ${region}`, "StandardSkuPublicIpAddresses", addresses, more)];
}

function quotaFinding(name: string, quota: string, usages: readonly Usage[], needed: number): Finding {
  const usage = usages.find((one) => one.name.value.toLowerCase() === quota.toLowerCase());
  if (usage === undefined) return { name, status: "notice", seen: `Azure shows no quota ${quota}; ${needed} more are needed` };
  const [used, limit] = [Number(usage.currentValue), Number(usage.limit)];
  const seen = `${used} of ${limit} used, ${needed} more needed`;
  if (used + needed <= limit) return { name, status: "ok", seen };
  return { name, status: "refused", seen, todo: "ask for more (portal: Quotas), take seats down, or choose another azure.location, azure.vmSize or azure.nodes" };
}
