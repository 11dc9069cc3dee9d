import { kialiNodePort } from "../ingress";
import { merged } from "./cidr";
import type { AzureSettings, OpenToWorld } from "./settings";

/**
 * An inbound rule of the seat's network security group. Azure's own last rule (DenyAllInBound) blocks what no rule
 * allows.
 */
export interface SecurityRule {
  readonly name: string;
  /** Lower numbers are evaluated first. */
  readonly priority: number;
  readonly ports: readonly string[];
  /** Networks, or Azure's word for everybody. */
  readonly sources: readonly string[] | "Internet";
}

/** Ports of the gateway's Service, which k3s' ServiceLB opens on each node. */
export const gatewayPorts = { http: 80, https: 443 };
export const apiPort = 6443;

/** Returns the inbound rules. They only admit networks that the config names, or everybody by `azure.openToWorld`. */
export function rulesFor({
  adminCidrs,
  traineeCidrs,
  openToWorld,
  ssh,
}: Pick<AzureSettings, "adminCidrs" | "traineeCidrs" | "openToWorld" | "ssh">): SecurityRule[] {
  const admins = merged(adminCidrs);
  const trainees = (part: OpenToWorld) => (openToWorld.includes(part) ? "Internet" : merged(traineeCidrs));
  return [
    { name: "kiali", priority: 200, ports: [`${kialiNodePort}`], sources: trainees("kiali") },
    { name: "gateway", priority: 210, ports: Object.values(gatewayPorts).map(String), sources: trainees("gateway") },
    { name: "kubernetes", priority: 300, ports: [`${apiPort}`], sources: admins },
    ...(ssh === undefined ? [] : [{ name: "ssh", priority: 310, ports: ["22"], sources: admins }]),
  ];
}

/** Returns the warning that a preview shows for a seat that is open to the world. Undefined where it is not. */
export function openWarning({ openToWorld }: Pick<AzureSettings, "openToWorld">): string | undefined {
  const said = {
    kiali: `Kiali (port ${kialiNodePort})`,
    gateway: `the gateway (ports ${Object.values(gatewayPorts).join(" and ")})`,
  };
  if (openToWorld.length === 0) return undefined;
  return `azure.openToWorld: ${openToWorld.map((part) => said[part]).join(" and ")} can be reached from the whole internet.`;
}

/**
 * Returns the rule in Azure's form. Its destination is any address, because Azure evaluates it after it has
 * translated the public address.
 */
export function securityRule({ name, priority, ports, sources }: SecurityRule) {
  const from = sources === "Internet" ? { sourceAddressPrefix: sources } : { sourceAddressPrefixes: [...sources] };
  return {
    name,
    priority,
    direction: "Inbound",
    access: "Allow",
    protocol: "Tcp",
    sourcePortRange: "*",
    ...from,
    destinationAddressPrefix: "*",
    destinationPortRanges: [...ports],
  };
}
