import type { AzureSettings } from "../../../components/cluster/azure/settings";
import type { Listed, Priced } from "../../targets/azure/price-list";
import { DISKS, LOOK_UP } from "../../targets/azure/cost";
import type { Finding } from "../../preflight/finding";

type Seat = Pick<AzureSettings, "prices" | "nodes"> & Priced;

/** What the VMs of the whole class cost an hour. The config's tables come first, then what was `listed`. A price that neither has is called unknown. */
export function priceFindings(seats: readonly Seat[], listed: (vm: Priced) => Listed | undefined = () => undefined): Finding[] {
  const name = "price";
  const sums = new Map<string, { total: number; vms: number }>();
  const unknown = new Map<string, { vms: number; why: string }>();
  for (const seat of seats) {
    const { prices, vmSize, nodes, spot } = seat;
    const list = listed(seat);
    const known = prices?.perHour[vmSize] !== undefined ? { perHour: prices.perHour[vmSize], by: `${prices.currency} an hour while they run, by azure.prices of ${prices.asOf}` } : ofList(list);
    const size = `${vmSize}${spot ? " (spot)" : ""}`;
    if (known === undefined) {
      unknown.set(size, { vms: (unknown.get(size)?.vms ?? 0) + nodes, why: list !== undefined && "why" in list ? `, and ${list.why}` : "" });
      continue;
    }
    const { total, vms } = sums.get(known.by) ?? { total: 0, vms: 0 };
    sums.set(known.by, { total: total + nodes * known.perHour, vms: vms + nodes });
  }
  return [
    ...[...sums].map(([by, { total, vms }]): Finding => ({ name, status: "ok", seen: `${vms === 1 ? "1 VM" : `${vms} VMs`} of the class: ${total.toFixed(2)} ${by}; ${DISKS}` })),
    ...[...unknown].map(([size, { vms, why }]): Finding => ({ name, status: "notice", seen: `${vms} × ${size}: unknown, azure.prices does not have it${why}`, todo: LOOK_UP })),
  ];
}

function ofList(listed: Listed | undefined): { perHour: number; by: string } | undefined {
  if (listed === undefined || !("perHour" in listed)) return undefined;
  return { perHour: listed.perHour, by: `${listed.currency} an hour while they run, by Microsoft's public price list of today` };
}
