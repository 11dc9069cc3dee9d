import { az, type Az } from "../../targets/azure/az";
import { retailPrices, type Listed, type Priced, type PriceList } from "../../targets/azure/price-list";
import { here, shutdownFinding, type Here } from "../../targets/azure/shutdown";
import { notLookedAt, providersFinding, subscriptionFinding, type Account, type Registration } from "../../targets/azure/preflight";
import { quotaFindingsOf, type MoreMachines, type Usage } from "../../targets/azure/quota";
import { sizeFinding, type Sku } from "../../targets/azure/size";
import { clockFinding } from "../../targets/azure/clock";
import type { Finding } from "../../preflight/finding";
import { priceFindings } from "./azure-price";
import type { SeatFacts } from "./facts";

type AzureSeat = Pick<SeatFacts, "settings" | "machines">;

/** The same as from here: by the clocks of this machine, and Microsoft's price list. */
export function azureFindingsHere(seats: readonly AzureSeat[]): Promise<Finding[]> {
  return azureFindings(seats, az, here(), retailPrices());
}

/** Whether the regions' quotas have the VMs of all seats, and what the class costs. */
export async function azureFindings(seats: readonly AzureSeat[], azure: Az = az, at: Here = here(), prices?: PriceList): Promise<Finding[]> {
  const listed = await listedOf(seats, prices);
  const shutdowns = grouped(seats, ({ settings }) => JSON.stringify(settings.azure.autoShutdown));
  const answers = [...listed.values()];
  const clock = clockFinding(answers.find(({ ahead }) => ahead !== undefined) ?? answers[0]);
  const offline = [...priceFindings(seats.map(({ settings }) => settings.azure), (vm) => listed.get(keyOf(vm))), ...clock, ...[...shutdowns.values()].map(([one]) => shutdownFinding(one!.settings.azure.autoShutdown, at))];
  try {
    const account = (await azure.ask(["account", "show"])) as Account;
    const providers = (await azure.ask(["provider", "list", "--query", "[].{name: namespace, state: registrationState}"])) as Registration[];
    const regions = grouped(seats, ({ settings }) => settings.azure.location);
    const found: Finding[] = [];
    for (const [region, there] of regions) found.push(...(await regionFindings(region, there, azure)));
    return [...offline, subscriptionFinding(account), providersFinding(providers), ...found];
  } catch (error) {
    return [...offline, notLookedAt(error, "providers, sizes, vCPUs, addresses")];
  }
}

const keyOf = ({ location, vmSize, spot }: Priced) => `${location} ${vmSize} ${spot}`;

/** Each size of each region once. */
async function listedOf(seats: readonly AzureSeat[], prices: PriceList | undefined): Promise<Map<string, Listed>> {
  if (prices === undefined) return new Map();
  const wanted = [...grouped(seats, ({ settings }) => keyOf(settings.azure))];
  return new Map(await Promise.all(wanted.map(async ([key, [one]]) => [key, await prices(one!.settings.azure)] as const)));
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
