import { readFileSync } from "node:fs";
import * as path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import type { AzureSettings } from "./settings";

/**
 * All inputs whose change makes Azure replace a VM, so that the seat becomes another, empty cluster. The generation
 * keeps them. A VM's inputs are built from them, so that none can be forgotten.
 */
export type Keepers = Readonly<
  Record<"location" | "image" | "disk" | "security" | "priority" | "login" | "sshKey" | "userData", string>
>;

/** Inputs of a single node, which change in place or follow the generation. */
interface Node {
  readonly name: pulumi.Input<string>;
  /** Id of its network interface. */
  readonly nic: pulumi.Input<string>;
  readonly vmSize: string;
  /** Public key, used where the keepers have none. */
  readonly sshKey: pulumi.Input<string>;
}

/**
 * A gen2 image, as trusted launch requires. Always the newest build, because Azure withdraws pinned builds some day.
 */
const IMAGE = "Canonical:ubuntu-24_04-lts:server:latest";
const LOGIN = "trainer";

/** Returns the same keepers for all nodes, so that one more node is not a new cluster. */
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

/** Returns the inputs of a VM. */
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
    // The interface is detached and not deleted, because the VM's successor uses the same interface and address.
    networkProfile: { networkInterfaces: [{ id: node.nic, primary: true, deleteOption: "Detach" }] },
    // The serial console's log says why a VM does not boot. Azure stores it without a storage account.
    diagnosticsProfile: { bootDiagnostics: { enabled: true } },
  };
}

/** Reads a file from scripts/ beside this one. */
export function script(name: string): string {
  return readFileSync(path.join(__dirname, "scripts", name), "utf8");
}

/**
 * Returns what cloud-init does at a VM's first boot, the same on every node. It installs an exact, hash-checked k3s
 * with its configuration, but does not start it. It holds no secret, because anybody on the VM can read it and Azure
 * stores it for good. The run command delivers the secrets.
 */
export function userData(k3s: AzureSettings["k3s"]): string {
  const document = {
    ssh_pwauth: false,
    write_files: [
      file("/etc/istio-lab/k3s.release", `K3S_VERSION=${k3s.version}\nK3S_SHA256=${k3s.sha256}\n`),
      file("/etc/istio-lab/server.yaml", script("server.yaml")),
      file("/etc/sysctl.d/90-istio-lab.conf", script("sysctl.conf")),
      file("/etc/systemd/system/k3s.service", script("k3s.service")),
      file("/etc/systemd/system/k3s-agent.service", script("k3s-agent.service")),
      file("/usr/local/sbin/istio-lab-install-k3s", script("install-k3s.sh"), "0755"),
    ],
    runcmd: [["/usr/local/sbin/istio-lab-install-k3s"]],
  };
  return `#cloud-config\n${stringify(document, { lineWidth: 0 })}`;
}

function file(path: string, content: string, permissions = "0644") {
  return { path, owner: "root:root", permissions, content };
}
