import { randomUUID } from "node:crypto";
import type { Bag } from "../../../../embedded/provider/wire";
import type { Cloud } from "../cloud";

/** How the stand-in treats one kind of Azure resources. */
export interface Kind {
  /** The inputs that are the resource's path; another value of one of them is another resource. */
  path: readonly string[];
  id(inputs: Bag): string;
  /** Inputs besides the path that replace the resource. Everything else is sent to Azure as an update. */
  replaces?: readonly string[];
  /** What Azure refuses to change of a resource that is there. The real plugin previews an update all the same. */
  fixed?: readonly string[];
  /** What Azure never gives back. */
  hidden?: readonly string[];
  /** What Azure adds to what it was given. */
  computed(inputs: Bag, id: string, cloud: Cloud): Bag;
}

const SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000";
const group = ({ resourceGroupName }: Bag) => `${SUBSCRIPTION}/resourceGroups/${resourceGroupName}`;
const etag = () => `W/"${randomUUID()}"`;
const common = (type: string, id: string) => ({ type, name: id.split("/").at(-1)!, provisioningState: "Succeeded" });

/**
 * Paths, replacements and what cannot change, after the plugin's source: each parameter of the path replaces (`calculateDetailedDiff` in
 * provider/pkg/provider/diff.go), `forceNewMap` in provider/pkg/gen/replacement.go replaces (here: locations, and a public address's SKU and version),
 * and every replacement deletes first (`Diff` in provider/pkg/provider/provider.go). That map has nothing of a VM: what Azure does not change of one,
 * it refuses with PropertyChangeNotAllowed (https://github.com/Azure/azure-sdk-for-node/issues/2297). That locations of the other kinds replace is
 * assumed, after `x-ms-mutability` in Azure's specifications.
 */
export const kinds: Record<string, Kind> = {
  "azure-native:resources:ResourceGroup": {
    path: ["resourceGroupName"],
    id: group,
    replaces: ["location"],
    computed: ({ resourceGroupName }) => ({
      name: resourceGroupName,
      type: "Microsoft.Resources/resourceGroups",
      properties: { provisioningState: "Succeeded" },
    }),
  },
  "azure-native:network:VirtualNetwork": {
    path: ["resourceGroupName", "virtualNetworkName"],
    id: (inputs) => `${group(inputs)}/providers/Microsoft.Network/virtualNetworks/${inputs.virtualNetworkName}`,
    replaces: ["location"],
    computed: (_inputs, id) => ({
      ...common("Microsoft.Network/virtualNetworks", id),
      etag: etag(),
      resourceGuid: randomUUID(),
      subnets: [],
    }),
  },
  "azure-native:network:Subnet": {
    path: ["resourceGroupName", "virtualNetworkName", "subnetName"],
    id: (inputs) =>
      `${group(inputs)}/providers/Microsoft.Network/virtualNetworks/${inputs.virtualNetworkName}/subnets/${inputs.subnetName}`,
    computed: (_inputs, id) => ({ ...common("Microsoft.Network/virtualNetworks/subnets", id), etag: etag() }),
  },
  "azure-native:network:NetworkSecurityGroup": {
    path: ["resourceGroupName", "networkSecurityGroupName"],
    id: (inputs) =>
      `${group(inputs)}/providers/Microsoft.Network/networkSecurityGroups/${inputs.networkSecurityGroupName}`,
    replaces: ["location"],
    computed: (_inputs, id) => ({
      ...common("Microsoft.Network/networkSecurityGroups", id),
      etag: etag(),
      resourceGuid: randomUUID(),
    }),
  },
  "azure-native:network:PublicIPAddress": {
    path: ["resourceGroupName", "publicIpAddressName"],
    id: (inputs) => `${group(inputs)}/providers/Microsoft.Network/publicIPAddresses/${inputs.publicIpAddressName}`,
    replaces: ["location", "publicIPAddressVersion", "publicIPPrefix", "sku"],
    computed: ({ dnsSettings, location }, id, cloud) => ({
      ...common("Microsoft.Network/publicIPAddresses", id),
      etag: etag(),
      resourceGuid: randomUUID(),
      // Of a range for documentation, RFC 5737: nothing listens there, and nothing here may depend on it.
      ipAddress:
        (cloud.find(id)?.outputs.ipAddress as string | undefined) ?? `203.0.113.${1 + Object.keys(cloud.all()).length}`,
      ...(dnsSettings !== undefined && {
        dnsSettings: { ...dnsSettings, fqdn: `${dnsSettings.domainNameLabel}.${location}.cloudapp.azure.com` },
      }),
    }),
  },
  "azure-native:network:NetworkInterface": {
    path: ["resourceGroupName", "networkInterfaceName"],
    id: (inputs) => `${group(inputs)}/providers/Microsoft.Network/networkInterfaces/${inputs.networkInterfaceName}`,
    replaces: ["location"],
    computed: ({ ipConfigurations = [] }, id) => ({
      ...common("Microsoft.Network/networkInterfaces", id),
      etag: etag(),
      resourceGuid: randomUUID(),
      ipConfigurations: ipConfigurations.map((one: Bag) => ({
        ...one,
        id: `${id}/ipConfigurations/${one.name}`,
        privateIPAddress: one.privateIPAddress ?? "10.77.0.4",
      })),
    }),
  },
  "azure-native:compute:VirtualMachine": {
    path: ["resourceGroupName", "vmName"],
    id: (inputs) => `${group(inputs)}/providers/Microsoft.Compute/virtualMachines/${inputs.vmName}`,
    replaces: ["location"],
    fixed: [
      "osProfile",
      "storageProfile.imageReference",
      "storageProfile.osDisk.createOption",
      "storageProfile.osDisk.managedDisk",
      "priority",
      "zones",
      "securityProfile.securityType",
    ],
    hidden: ["osProfile.customData", "osProfile.adminPassword"],
    computed: (_inputs, id, cloud) => {
      const { type, name, provisioningState } = common("Microsoft.Compute/virtualMachines", id);
      const { vmId = randomUUID(), timeCreated = new Date().toISOString() } = cloud.find(id)?.outputs ?? {};
      return { type, name, provisioningState, vmId, timeCreated };
    },
  },
  "azure-native:compute:VirtualMachineRunCommandByVirtualMachine": {
    path: ["resourceGroupName", "vmName", "runCommandName"],
    id: (inputs) =>
      `${group(inputs)}/providers/Microsoft.Compute/virtualMachines/${inputs.vmName}/runCommands/${inputs.runCommandName}`,
    replaces: ["location"],
    hidden: ["protectedParameters", "runAsPassword"],
    computed: (_inputs, id) => common("Microsoft.Compute/virtualMachines/runCommands", id),
  },
  "azure-native:devtestlab:GlobalSchedule": {
    path: ["resourceGroupName", "name"],
    id: (inputs) => `${group(inputs)}/providers/Microsoft.DevTestLab/schedules/${inputs.name}`,
    replaces: ["location"],
    computed: (_inputs, id) => ({ ...common("Microsoft.DevTestLab/schedules", id), uniqueIdentifier: randomUUID() }),
  },
};
