import * as network from "@pulumi/azure-native/network";
import * as resources from "@pulumi/azure-native/resources";
import type * as pulumi from "@pulumi/pulumi";
import { rulesFor, securityRule } from "./rules";
import type { AzureSettings } from "./settings";

type Text = pulumi.Input<string>;
type Tags = Record<string, string>;

/** Inputs that all Azure resources of the seat share. */
export interface AzurePlace {
  readonly resourceGroupName: Text;
  readonly location: string;
  readonly tags: Tags;
}

/** Creates the seat's own resource group. Resources that are deleted with it get no delete calls of their own. */
export function makeGroup(
  name: string,
  groupName: Text,
  location: string,
  tags: Tags,
  opts: pulumi.CustomResourceOptions,
): resources.ResourceGroup {
  return new resources.ResourceGroup(`${name}-group`, { resourceGroupName: groupName, location, tags }, opts);
}

/** Creates the nodes' network and its firewall. */
export function makeNetwork(
  name: string,
  place: AzurePlace,
  settings: AzureSettings,
  opts: pulumi.CustomResourceOptions,
): network.Subnet {
  const firewall = new network.NetworkSecurityGroup(
    `${name}-firewall`,
    { ...place, networkSecurityGroupName: "firewall", securityRules: rulesFor(settings).map(securityRule) },
    opts,
  );
  const virtualNetworkName = "network";
  const net = new network.VirtualNetwork(
    `${name}-network`,
    { ...place, virtualNetworkName, addressSpace: { addressPrefixes: [RANGE] } },
    opts,
  );
  return new network.Subnet(
    `${name}-subnet`,
    {
      resourceGroupName: place.resourceGroupName,
      virtualNetworkName,
      subnetName: "nodes",
      addressPrefix: RANGE,
      networkSecurityGroup: { id: firewall.id },
      // Each node uses its own public address for outbound traffic. This is set explicitly, because Azure's default
      // changes: https://aka.ms/defaultoutboundaccess
      defaultOutboundAccess: false,
    },
    { ...opts, dependsOn: net },
  );
}

/**
 * Creates a node's public address and interface. They outlive the VM, so that the seat's name still resolves after
 * the VM is replaced.
 */
export function makeInterface(
  name: string,
  place: AzurePlace,
  args: { subnet: Text; address: string; label?: Text },
  opts: pulumi.CustomResourceOptions,
): network.NetworkInterface {
  const short = name.slice(name.indexOf("-") + 1);
  const publicAddress = new network.PublicIPAddress(
    `${name}-ip`,
    {
      ...place,
      publicIpAddressName: `${short}-ip`,
      sku: { name: "Standard" },
      publicIPAllocationMethod: "Static",
      publicIPAddressVersion: "IPv4",
      ...(args.label !== undefined && { dnsSettings: { domainNameLabel: args.label } }),
    },
    opts,
  );
  const ipConfiguration = {
    name: "first",
    primary: true,
    subnet: { id: args.subnet },
    privateIPAllocationMethod: "Static",
    privateIPAddress: args.address,
    publicIPAddress: { id: publicAddress.id },
  };
  return new network.NetworkInterface(
    `${name}-nic`,
    { ...place, networkInterfaceName: `${short}-nic`, ipConfigurations: [ipConfiguration] },
    opts,
  );
}

/** Returns a node's private address by its index. Azure reserves the first four of a subnet. */
export function addressOf(index: number): string {
  return `10.77.0.${10 + index}`;
}

/** Does not overlap with the ranges of k3s (10.42.0.0/16 pods, 10.43.0.0/16 Services). */
const RANGE = "10.77.0.0/24";
