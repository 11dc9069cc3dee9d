import * as fs from "node:fs";
import { execa } from "execa";

/** What a seat could leave on the machine; each list comes from one command. */
export interface HostState {
  processes: string[];
  links: string[];
  namespaces: string[];
  mounts: string[];
  iptables: string[];
  cgroups: string[];
}

/** Records the machine's state. Two records are equal when a seat left nothing between them. */
export async function hostState(): Promise<HostState> {
  return {
    // Only a seat's processes, by name, because others come and go on the machine.
    processes: await lines("ps", ["-eo", "args="], (line) =>
      /^(\S*\/)?(s6-|kube|containerd|etcd|envoy|pilot-|coredns|storage-prov|pause|pulumi)/.test(line),
    ),
    links: await lines("ip", ["-o", "link"], () => true, /^\d+: ([^:@]+).*$/),
    namespaces: await lines("ip", ["netns"]),
    mounts: await lines("mount", []),
    iptables: await lines("iptables-save", [], (line) => !line.startsWith("#"), /^(.*?)( \[\d+:\d+\])?$/),
    cgroups: cgroups("/sys/fs/cgroup"),
  };
}

async function lines(
  command: string,
  args: string[],
  keep: (line: string) => boolean = () => true,
  take = /^(.*)$/,
): Promise<string[]> {
  const { stdout } = await execa(command, args);
  return stdout
    .split("\n")
    .filter((line) => line.trim() && keep(line) && !line.includes("vitest"))
    .map((line) => take.exec(line)?.[1] ?? line)
    .sort();
}

/** Returns every control group below the root, in every hierarchy. */
function cgroups(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .sort();
}
