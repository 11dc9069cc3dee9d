import { az, type Az } from "../../azure/az";
import { here, shutdownFinding, type Here } from "../../azure/shutdown";
import { notLookedAt, providersFinding, type Registration } from "../../preflight/azure";
import { quotaFindingsOf, type MoreMachines, type Usage } from "../../preflight/azure-quota";
import { sizeFinding, type Sku } from "../../preflight/azure-size";
import type { Finding } from "../../preflight/finding";
import { priceFindings } from "./azure-price";
import type { SeatFacts } from "./facts";

type AzureSeat = Pick<SeatFacts, "settings" | "machines">;

/** Whether the regions' quotas have the VMs of all seats, and what the class costs. */
export async function azureFindings(seats: readonly AzureSeat[], azure: Az = az, at: Here = here()): Promise<Finding[]> {
  const shutdowns = grouped(seats, ({ settings }) => JSON.stringify(settings.azure.autoShutdown));
  const offline = [...priceFindings(seats.map(({ settings }) => settings.azure)), ...[...shutdowns.values()].map(([one]) => shutdownFinding(one!.settings.azure.autoShutdown, at))];
  try {
    await azure.ask(["account", "show"]);
    const providers = (await azure.ask(["provider", "list", "--query", "[].{name: namespace, state: registrationState}"])) as Registration[];
    const regions = grouped(seats, ({ settings }) => settings.azure.location);
    const found: Finding[] = [];
    for (const [region, there] of regions) found.push(...(await regionFindings(region, there, azure)));
    return [...offline, providersFinding(providers), ...found];
  } catch (error) {
    return [...offline, notLookedAt(error, "providers, sizes, vCPUs, addresses")];
  }
}

async function regionFindings(region: string, seats: readonly AzureSeat[], azure: Az): Promise<Finding[]> {
  const ask = <T>(...args: string[]) => azure.ask(args) as Promise<T>;
  const wanted: MoreMachines[] = [];
  const sizes: Finding[] = [];
  for (const [, same] of grouped(seats, ({ settings }) => `${settings.azure.vmSize} ${settings.azure.spot}`)) {
    const { vmSize, spot } = same[0]!.settings.azure;
    const skus = await ask<Sku[]>("vm", "list-skus", "--location", region, "--resource-type", "virtualMachines", "--size", vmSize, "--all");
    const sku = skus.find(({ name }) => name === vmSize);
    sizes.push(sizeFinding(same[0]!.settings.azure, sku));
    wanted.push({ vmSize, spot, sku, more: same.reduce((sum, { settings, machines }) => sum + Math.max(0, settings.azure.nodes - machines.length), 0) });
  }
  const [cores, addresses] = [await ask<Usage[]>("vm", "list-usage", "--location", region), await ask<Usage[]>("network", "list-usages", "--location", region)];
  return [...sizes, ...quotaFindingsOf(region, wanted, cores, addresses)];
}

function grouped<T>(all: readonly T[], by: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(by(one), [...(groups.get(by(one)) ?? []), one]);
  return groups;
}
