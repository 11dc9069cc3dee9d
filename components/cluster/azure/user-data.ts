import { readFileSync } from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import type { AzureSettings } from "./settings";

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
