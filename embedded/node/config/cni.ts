import { POD_RANGE } from "../address";

/** The pods' network: one bridge, addresses given out in turn, kept in /run so that they are free after a restart. */
export function cniConfig(): string {
  const config = {
    cniVersion: "1.0.0",
    name: "pods",
    plugins: [
      {
        type: "bridge",
        bridge: "cni0",
        isDefaultGateway: true,
        hairpinMode: true, // a pod may reach itself through its Service
        ipMasq: true, // what leaves the seat carries the node's address: the host knows no route to pods
        mtu: 1500,
        ipam: { type: "host-local", dataDir: "/run/cni/networks", ranges: [[{ subnet: POD_RANGE }]] },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
