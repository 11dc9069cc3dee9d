import type { AzureSettings } from "../../../components/cluster/azure/settings";
import type { Finding } from "../../preflight/finding";

type Priced = Pick<AzureSettings, "prices" | "vmSize" | "nodes" | "spot">;

/** What the VMs of the whole class cost an hour, by the tables of the config; what is in none of them is said, and not guessed. */
export function priceFindings(seats: readonly Priced[]): Finding[] {
  const name = "price";
  const sums = new Map<string, { total: number; vms: number }>();
  const unknown = new Map<string, number>();
  for (const { prices, vmSize, nodes, spot } of seats) {
    const price = prices?.perHour[vmSize];
    const size = `${vmSize}${spot ? " (spot)" : ""}`;
    if (price === undefined) {
      unknown.set(size, (unknown.get(size) ?? 0) + nodes);
      continue;
    }
    const key = `${prices!.currency} an hour while they run, by azure.prices of ${prices!.asOf}`;
    const { total, vms } = sums.get(key) ?? { total: 0, vms: 0 };
    sums.set(key, { total: total + nodes * price, vms: vms + nodes });
  }
  const rest = "disks and addresses come on top, also at night";
  return [
    ...[...sums].map(([key, { total, vms }]): Finding => ({ name, status: "ok", seen: `${vms === 1 ? "1 VM" : `${vms} VMs`} of the class: ${total.toFixed(2)} ${key}; ${rest}` })),
    ...[...unknown].map(([size, vms]): Finding => ({
      name,
      status: "notice",
      seen: `${vms} × ${size}: unknown, azure.prices does not have it`,
      todo: "look it up (https://azure.microsoft.com/pricing/calculator) and put it there, with the day",
    })),
  ];
}
