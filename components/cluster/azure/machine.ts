import type * as pulumi from "@pulumi/pulumi";
import type { AzureSettings } from "./settings";
import { userData } from "./user-data";

/**
 * Everything that makes Azure replace a VM: with any other value of one of these, the seat is another, empty cluster. The generation keeps them, and a
 * VM's inputs are built from them, so that none is left out.
 */
export type Keepers = Readonly<
  Record<"location" | "image" | "disk" | "security" | "priority" | "login" | "sshKey" | "userData", string>
>;

/** The node's own, which changes in place or follows the generation. */
export interface Node {
  readonly name: pulumi.Input<string>;
  /** Id of its network interface. */
  readonly nic: pulumi.Input<string>;
  readonly vmSize: string;
  /** Public key, where the keepers have none. */
  readonly sshKey: pulumi.Input<string>;
}

/** Of gen2, which trusted launch asks for; the newest build of it, because a pinned one is withdrawn some day. */
const IMAGE = "Canonical:ubuntu-24_04-lts:server:latest";
const LOGIN = "trainer";

/** Of all nodes alike: one more node is no reason for a new cluster. */
export function keepersOf(settings: Pick<AzureSettings, "location" | "spot" | "ssh" | "k3s">): Keepers {
  return {
    location: settings.location,
    image: IMAGE,
    disk: "StandardSSD_LRS:64",
    security: "TrustedLaunch",
    priority: settings.spot ? "Spot" : "Regular",
    login: LOGIN,
    sshKey: settings.ssh?.publicKey ?? "",
    userData: userData(settings.k3s),
  };
}

/** Inputs of a VM. */
export function machineInputs(keepers: Keepers, node: Node) {
  const [publisher, offer, sku, version] = keepers.image.split(":");
  const [storageAccountType, size] = keepers.disk.split(":");
  return {
    vmName: node.name,
    location: keepers.location,
    hardwareProfile: { vmSize: node.vmSize },
    priority: keepers.priority,
    // A price limit of -1 is the regular price: https://learn.microsoft.com/azure/virtual-machines/spot-vms
    ...(keepers.priority === "Spot" && { evictionPolicy: "Deallocate", billingProfile: { maxPrice: -1 } }),
    osProfile: {
      computerName: node.name,
      adminUsername: keepers.login,
      customData: Buffer.from(keepers.userData).toString("base64"),
      linuxConfiguration: {
        disablePasswordAuthentication: true,
        provisionVMAgent: true,
        ssh: {
          publicKeys: [
            {
              path: `/home/${keepers.login}/.ssh/authorized_keys`,
              keyData: keepers.sshKey === "" ? node.sshKey : keepers.sshKey,
            },
          ],
        },
      },
    },
    storageProfile: {
      imageReference: { publisher: publisher!, offer: offer!, sku: sku!, version: version! },
      osDisk: {
        createOption: "FromImage",
        caching: "ReadWrite" as const,
        deleteOption: "Delete",
        diskSizeGB: Number(size),
        managedDisk: { storageAccountType: storageAccountType! },
      },
    },
    securityProfile: { securityType: keepers.security, uefiSettings: { secureBootEnabled: true, vTpmEnabled: true } },
    // Detached, not deleted: the VM's successor uses the same interface and address.
    networkProfile: { networkInterfaces: [{ id: node.nic, primary: true, deleteOption: "Detach" }] },
    // The serial console's log says why a VM that does not come up does not; Azure keeps it, no storage account is made.
    diagnosticsProfile: { bootDiagnostics: { enabled: true } },
  };
}
