import { kialiNodePort } from "../ingress";
import { merged } from "./cidr";
import type { AzureSettings, OpenToWorld } from "./settings";

/** An inbound rule of the seat's network security group. What no rule lets in, Azure's own last rule (DenyAllInBound) keeps out. */
export interface Rule {
  readonly name: string;
  /** Lower ones are looked at first. */
  readonly priority: number;
  readonly ports: readonly string[];
  /** Networks, or Azure's word for everybody. */
  readonly sources: readonly string[] | "Internet";
}

/** Ports of the gateway's Service, which k3s' ServiceLB opens on each node. */
export const gatewayPorts = { http: 80, https: 443 };
export const apiPort = 6443;

/** What may come in. Nothing is open but by a network that somebody named, or by `azure.openToWorld`. */
export function rulesFor({
  adminCidrs,
  traineeCidrs,
  openToWorld,
  ssh,
}: Pick<AzureSettings, "adminCidrs" | "traineeCidrs" | "openToWorld" | "ssh">): Rule[] {
  const admins = merged(adminCidrs);
  const trainees = (part: OpenToWorld) => (openToWorld.includes(part) ? "Internet" : merged(traineeCidrs));
  return [
    { name: "kiali", priority: 200, ports: [`${kialiNodePort}`], sources: trainees("kiali") },
    { name: "gateway", priority: 210, ports: Object.values(gatewayPorts).map(String), sources: trainees("gateway") },
    { name: "kubernetes", priority: 300, ports: [`${apiPort}`], sources: admins },
    ...(ssh === undefined ? [] : [{ name: "ssh", priority: 310, ports: ["22"], sources: admins }]),
  ];
}

/** What preview says of a seat that is open to the world; undefined when it is not. */
export function openWarning({ openToWorld }: Pick<AzureSettings, "openToWorld">): string | undefined {
  const said = {
    kiali: `Kiali (port ${kialiNodePort})`,
    gateway: `the gateway (ports ${Object.values(gatewayPorts).join(" and ")})`,
  };
  if (openToWorld.length === 0) return undefined;
  return `azure.openToWorld: ${openToWorld.map((part) => said[part]).join(" and ")} can be reached from the whole internet.`;
}

/** The rule as Azure takes it. Its destination is every address of the subnet: Azure looks at it after the public address was translated. */
export function securityRule({ name, priority, ports, sources }: Rule) {
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
