import type { AzureSettings } from "../../../components/cluster/azure/settings";
import type { Listed } from "./price-list";
import type { Finding } from "../../preflight/finding";

export const DISKS = "disks and addresses come on top, also at night";
export const LOOK_UP = "look it up (https://azure.microsoft.com/pricing/calculator) and put it there, with the day";

/**
 * The VMs' hourly cost: from the config's table, else from Microsoft's public list if it was asked and answered. No
 * price is guessed.
 */
export function costFinding(
  { prices, vmSize, nodes, spot }: Pick<AzureSettings, "prices" | "vmSize" | "nodes" | "spot">,
  listed?: Listed,
): Finding {
  const name = "price";
  const what = `${nodes} × ${vmSize}${spot ? " (spot)" : ""}`;
  const price = prices?.perHour[vmSize];
  if (price !== undefined) {
    return {
      name,
      status: "ok",
      seen: `${what}: ${(nodes * price).toFixed(2)} ${prices!.currency} an hour while they run, by azure.prices of ${prices!.asOf}; ${DISKS}`,
    };
  }
  if (listed !== undefined && "perHour" in listed) {
    return {
      name,
      status: "ok",
      seen: `${what}: ${(nodes * listed.perHour).toFixed(2)} ${listed.currency} an hour while they run, by Microsoft's public price list of today; ${DISKS}`,
    };
  }
  const why = [
    prices === undefined ? "azure.prices is not set" : `azure.prices of ${prices.asOf} lacks it`,
    ...(listed === undefined ? [] : [listed.why]),
  ];
  return { name, status: "notice", seen: `${what}: unknown, ${why.join(", and ")}`, todo: LOOK_UP };
}
