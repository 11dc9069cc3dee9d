import type { AzureSettings } from "../../../components/cluster/azure/settings";
import type { PreflightSeat } from "../../class";
import type { Finding } from "../../preflight/finding";
import { az, type Az } from "./az";
import { clockFinding } from "./clock";
import { DISKS, LOOK_UP } from "./cost";
import { type Account, notLookedAt, providersFinding, type Registration, subscriptionFinding } from "./preflight";
import { type Listed, type Priced, type PriceList, retailPrices } from "./price-list";
import { type MoreMachines, quotaFindingsOf, type Usage } from "./quota";
import { here, type Here, shutdownFinding } from "./shutdown";
import { sizeFinding, type Sku } from "./size";

type AzureSeat = Pick<PreflightSeat, "settings" | "machines">;

/** Calls `azureFindings` with this machine's clock and Microsoft's price list. */
export function azureFindingsHere(seats: readonly AzureSeat[]): Promise<Finding[]> {
  return azureFindings(seats, az, here(), retailPrices());
}

/** Checks whether the regions' quotas allow all seats' VMs, and what the class costs. */
export async function azureFindings(
  seats: readonly AzureSeat[],
  azure: Az = az,
  at: Here = here(),
  prices?: PriceList,
): Promise<Finding[]> {
  const listed = await listedOf(seats, prices);
  const shutdowns = grouped(seats, ({ settings }) => JSON.stringify(settings.azure.autoShutdown));
  const answers = [...listed.values()];
  const clock = clockFinding(answers.find(({ ahead }) => ahead !== undefined) ?? answers[0]);
  const offline = [
    ...priceFindings(
      seats.map(({ settings }) => settings.azure),
      (vm) => listed.get(keyOf(vm)),
    ),
    ...clock,
    ...[...shutdowns.values()].map(([one]) => shutdownFinding(one!.settings.azure.autoShutdown, at)),
  ];
  try {
    const account = (await azure.ask(["account", "show"])) as Account;
    const providers = (await azure.ask([
      "provider",
      "list",
      "--query",
      "[].{name: namespace, state: registrationState}",
    ])) as Registration[];
    const regions = grouped(seats, ({ settings }) => settings.azure.location);
    const found: Finding[] = [];
    for (const [region, there] of regions) found.push(...(await regionFindings(region, there, azure)));
    return [...offline, subscriptionFinding(account), providersFinding(providers), ...found];
  } catch (error) {
    return [...offline, notLookedAt(error, "providers, sizes, vCPUs, addresses")];
  }
}

const keyOf = ({ location, vmSize, spot }: Priced) => `${location} ${vmSize} ${spot}`;

/** Asks for each size of each region once. */
async function listedOf(seats: readonly AzureSeat[], prices: PriceList | undefined): Promise<Map<string, Listed>> {
  if (prices === undefined) return new Map();
  const wanted = [...grouped(seats, ({ settings }) => keyOf(settings.azure))];
  return new Map(
    await Promise.all(wanted.map(async ([key, [one]]) => [key, await prices(one!.settings.azure)] as const)),
  );
}

async function regionFindings(region: string, seats: readonly AzureSeat[], azure: Az): Promise<Finding[]> {
  const ask = <T>(...args: string[]) => azure.ask(args) as Promise<T>;
  const wanted: MoreMachines[] = [];
  const sizes: Finding[] = [];
  for (const [, same] of grouped(seats, ({ settings }) => `${settings.azure.vmSize} ${settings.azure.spot}`)) {
    const { vmSize, spot } = same[0]!.settings.azure;
    const skus = await ask<Sku[]>(
      "vm",
      "list-skus",
      "--location",
      region,
      "--resource-type",
      "virtualMachines",
      "--size",
      vmSize,
      "--all",
    );
    const sku = skus.find(({ name }) => name === vmSize);
    sizes.push(sizeFinding(same[0]!.settings.azure, sku));
    wanted.push({
      vmSize,
      spot,
      sku,
      more: same.reduce((sum, { settings, machines }) => sum + Math.max(0, settings.azure.nodes - machines.length), 0),
    });
  }
  const [cores, addresses] = [
    await ask<Usage[]>("vm", "list-usage", "--location", region),
    await ask<Usage[]>("network", "list-usages", "--location", region),
  ];
  return [...sizes, ...quotaFindingsOf(region, wanted, cores, addresses)];
}

function grouped<T>(all: readonly T[], by: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(by(one), [...(groups.get(by(one)) ?? []), one]);
  return groups;
}

type PricedSeat = Pick<AzureSettings, "prices" | "nodes"> & Priced;

/**
 * The hourly cost of all VMs of the class. Prices come from the config's tables, then from `listed`. A price that
 * neither has is reported as unknown.
 */
export function priceFindings(
  seats: readonly PricedSeat[],
  listed: (vm: Priced) => Listed | undefined = () => undefined,
): Finding[] {
  const name = "price";
  const sums = new Map<string, { total: number; vms: number }>();
  const unknown = new Map<string, { vms: number; why: string }>();
  for (const seat of seats) {
    const { prices, vmSize, nodes, spot } = seat;
    const list = listed(seat);
    const known =
      prices?.perHour[vmSize] !== undefined
        ? {
            perHour: prices.perHour[vmSize],
            by: `${prices.currency} an hour while they run, by azure.prices of ${prices.asOf}`,
          }
        : ofList(list);
    const size = `${vmSize}${spot ? " (spot)" : ""}`;
    if (known === undefined) {
      unknown.set(size, {
        vms: (unknown.get(size)?.vms ?? 0) + nodes,
        why: list !== undefined && "why" in list ? `, and ${list.why}` : "",
      });
      continue;
    }
    const { total, vms } = sums.get(known.by) ?? { total: 0, vms: 0 };
    sums.set(known.by, { total: total + nodes * known.perHour, vms: vms + nodes });
  }
  return [
    ...[...sums].map(([by, { total, vms }]): Finding => ({
      name,
      status: "ok",
      seen: `${vms === 1 ? "1 VM" : `${vms} VMs`} of the class: ${total.toFixed(2)} ${by}; ${DISKS}`,
    })),
    ...[...unknown].map(([size, { vms, why }]): Finding => ({
      name,
      status: "notice",
      seen: `${vms} × ${size}: unknown, because azure.prices lacks it${why}`,
      todo: LOOK_UP,
    })),
  ];
}

function ofList(listed: Listed | undefined): { perHour: number; by: string } | undefined {
  if (listed === undefined || !("perHour" in listed)) return undefined;
  return {
    perHour: listed.perHour,
    by: `${listed.currency} an hour while they run, by Microsoft's public price list of today`,
  };
}
