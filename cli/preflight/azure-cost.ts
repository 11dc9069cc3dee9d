import type { AzureSettings } from "../../components/cluster/azure/settings";
import type { Finding } from "./finding";

/** What the VMs cost while they run, by the table of the config; no price is known otherwise. */
export function costFinding({ prices, vmSize, nodes, spot }: Pick<AzureSettings, "prices" | "vmSize" | "nodes" | "spot">): Finding {
  const name = "price";
  const what = `${nodes} × ${vmSize}${spot ? " (spot)" : ""}`;
  const price = prices?.perHour[vmSize];
  if (prices === undefined || price === undefined) {
    const why = prices === undefined ? "azure.prices is not set" : `azure.prices of ${prices.asOf} does not have it`;
    return { name, status: "notice", seen: `${what}: unknown, ${why}`, todo: "look it up (https://azure.microsoft.com/pricing/calculator) and put it there, with the day" };
  }
  const total = (nodes * price).toFixed(2);
  return { name, status: "ok", seen: `${what}: ${total} ${prices.currency} an hour while they run, by azure.prices of ${prices.asOf}; disks and addresses come on top, also at night` };
}
