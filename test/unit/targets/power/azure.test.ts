import { expect, it } from "vitest";
import { azurePower } from "../../../../cli/targets/azure/power";
import { AzError, type Az } from "../../../../cli/targets/azure/az";
import type { PoweredSeat } from "../../../../cli/targets/power";

const vm = (name: string) => ({
  type: "azure-native:compute:VirtualMachine",
  id: `/vms/${name}`,
  inputs: { storageProfile: { osDisk: { diskSizeGB: 64, managedDisk: { storageAccountType: "StandardSSD_LRS" } } } },
});
const address = { type: "azure-native:network:PublicIPAddress", id: "/ips/a", inputs: {} };
const seat = (prices?: object, resources: object[] = [vm("a"), vm("b"), address]) =>
  ({ stack: "ada", settings: { azure: { prices } }, state: { resources, pending: 0 } }) as unknown as PoweredSeat;

function recorded(error?: Error): { azure: Az; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    azure: {
      ask: async (args) => {
        asked.push(args.join(" "));
        if (error) throw error;
        return undefined;
      },
    },
  };
}

it("deallocates the VMs that the state knows, and starts the same ones", async () => {
  const { azure, asked } = recorded();
  const power = azurePower(azure);
  expect(await power.stop(seat(), () => undefined)).toBe("deallocated; disks and addresses stay");
  expect(await power.start!(seat(), () => undefined)).toBe("started");
  expect(asked).toEqual(["vm deallocate --ids /vms/a /vms/b", "vm start --ids /vms/a /vms/b"]);
});

it("says that VMs which it could not stop still cost money, and what helps", async () => {
  const stop = (error: Error) => azurePower(recorded(error).azure).stop(seat(), () => undefined);
  await expect(stop(new AzError("login", "not logged in"))).rejects.toThrow(
    "The VMs of stack ada still run and cost money: not logged in. Log in: az login.",
  );
  await expect(stop(new AzError("answer", "conflict"))).rejects.toThrow(/still run and cost money: conflict\.$/);
  await expect(stop(new TypeError("defect"))).rejects.toThrow("defect");
  await expect(azurePower(recorded().azure).stop(seat(undefined, []), () => undefined)).rejects.toThrow(
    "Stack ada has no VM yet.",
  );
});

it("reckons what disks and addresses cost by the prices of the config", () => {
  const prices = { asOf: "2026-12-01", currency: "EUR", perHour: { StandardSSD_LRS_64: 0.01, address: 0.005 } };
  expect(azurePower().cost!([seat(prices), seat(prices)])).toEqual([
    "Stopped VMs cost nothing by the hour, what they keep does: 4 × disk StandardSSD_LRS_64, 2 × public address: 0.050 EUR an hour, 0.70 for a night of 14 hours, by azure.prices of 2026-12-01.",
  ]);
});

it("invents no price: one that the config lacks is unknown, and named by its key", () => {
  const of = (prices?: object) => azurePower().cost!([seat(prices)])[0];
  expect(of()).toMatch(/1 × public address: unknown, azure\.prices is not set; look it up/);
  expect(of({ asOf: "2026-12-01", currency: "EUR", perHour: { address: 0.005 } })).toMatch(
    /unknown, azure\.prices\.perHour of 2026-12-01 lacks StandardSSD_LRS_64; look it up/,
  );
});

it("says it once for each list of prices", () => {
  expect(azurePower().cost!([seat(), seat(), seat({ asOf: "2026-12-01", currency: "EUR", perHour: {} })])).toHaveLength(
    2,
  );
});
