import { UserError } from "../../../base/errors";
import type { Prices } from "../../../components/cluster/azure/settings";
import type { StateResource } from "../../stack/stack";
import type { PoweredSeat, TargetPower } from "../power";
import { az, AzError, type Az } from "./az";
import { LOOK_UP } from "./cost";
import { machinesOf } from "./machines";
import { startMachines } from "./start";

/** Deallocates a seat's VMs, so that Azure takes no money for them by the hour. */
export function azurePower(azure: Az = az): TargetPower {
  return {
    async stop({ stack, state }, doing) {
      const ids = machinesOf(state).map(({ id }) => id);
      if (ids.length === 0) throw new UserError(`Stack ${stack} has no VM yet.`);
      doing(`az vm deallocate, ${ids.length === 1 ? "1 VM" : `${ids.length} VMs`}`);
      try {
        await azure.ask(["vm", "deallocate", "--ids", ...ids]);
      } catch (error) {
        if (!(error instanceof AzError)) throw error;
        const todo = { cli: "Install it.", login: "Log in: az login.", answer: "" }[error.missing];
        throw new UserError(`The VMs of stack ${stack} still run and cost money: ${error.message}. ${todo}`.trim());
      }
      return "deallocated; disks and addresses stay";
    },

    async start({ stack, state }, doing) {
      doing("az vm start");
      await startMachines(stack, machinesOf(state), azure);
      return "started";
    },

    cost: (seats) => stoppedCost(seats),
  };
}

/** Hours of a night between two days of a class. */
const NIGHT = 14;

/**
 * What deallocated seats cost until they are started: their disks and addresses. The prices are those of
 * `azure.prices`; a price that it lacks is unknown. Seats with the same prices are one sentence.
 */
function stoppedCost(seats: readonly PoweredSeat[]): string[] {
  const lists = new Map<string, PoweredSeat[]>();
  for (const seat of seats) {
    const key = JSON.stringify(seat.settings.azure.prices ?? null);
    lists.set(key, [...(lists.get(key) ?? []), seat]);
  }
  return [...lists.values()].map((same) => {
    const disks = same.flatMap(({ state }) => state.resources.flatMap(diskOf));
    const addresses = same.flatMap(({ state }) => state.resources.filter(({ type }) => type === ADDRESS)).length;
    const parts = [...countOf(disks), [ADDRESS_KEY, addresses] as const].filter(([, count]) => count > 0);
    const what = parts
      .map(([key, count]) => `${count} × ${key === ADDRESS_KEY ? "public address" : `disk ${key}`}`)
      .join(", ");
    return `Stopped VMs cost nothing by the hour, what they keep does: ${what}: ${priceOf(parts, same[0]!.settings.azure.prices)}`;
  });
}

const ADDRESS = "azure-native:network:PublicIPAddress";
/** Its key in `azure.prices.perHour`. */
const ADDRESS_KEY = "address";

function priceOf(parts: readonly (readonly [string, number])[], prices: Prices | undefined): string {
  const lacking = parts.map(([key]) => key).filter((key) => prices?.perHour[key] === undefined);
  if (prices === undefined || lacking.length > 0)
    return `unknown, ${prices === undefined ? "azure.prices is not set" : `azure.prices.perHour of ${prices.asOf} lacks ${lacking.join(", ")}`}; ${LOOK_UP}.`;
  const hour = parts.reduce((sum, [key, count]) => sum + count * prices.perHour[key]!, 0);
  return `${hour.toFixed(3)} ${prices.currency} an hour, ${(hour * NIGHT).toFixed(2)} for a night of ${NIGHT} hours, by azure.prices of ${prices.asOf}.`;
}

/** A VM's disk as `StandardSSD_LRS_64`: kind and size in GB. */
function diskOf({ type, inputs }: StateResource): string[] {
  if (type !== "azure-native:compute:VirtualMachine") return [];
  const { osDisk } = (inputs?.storageProfile ?? {}) as {
    osDisk?: { diskSizeGB?: number; managedDisk?: { storageAccountType?: string } };
  };
  return [`${osDisk?.managedDisk?.storageAccountType ?? "unknown"}_${osDisk?.diskSizeGB ?? "unknown"}`];
}

function countOf(keys: readonly string[]): (readonly [string, number])[] {
  return [...new Set(keys)].map((key) => [key, keys.filter((one) => one === key).length]);
}
