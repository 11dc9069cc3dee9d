import type { Host, Network } from "../../../components/cluster/minikube/daemon";
import type { Minikube, Profile, Status } from "../../../components/cluster/minikube/minikube";
import type { Tools } from "../../../components/cluster/minikube/tools";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";

/** A minikube of a few variables, which writes down what changes anything. */
export class Fake {
  readonly asked: string[] = [];
  readonly profiles = new Map<string, Profile>();
  readonly folder = mkdtempSync(path.join(tmpdir(), "minikube-"));
  status: Status = running;
  /** What docker or podman still has of a profile's first machine. */
  machines: string[] = [];
  /** What docker or podman has of a profile's network. */
  network: Network | undefined;
  host: Host = {
    platform: "linux",
    isWsl: false,
    cpus: 8,
    memory: 16e9,
    has: () => true,
    daemon: async () => ({ isApart: false, cpus: 8, memory: 16e9 }),
    machines: async () => this.machines,
    network: async () => this.network,
    removeNetwork: async (driver, { id }) => {
      this.asked.push(`${driver} removes network ${id}`);
      this.network = undefined;
    },
  };
  /** Names of profiles that minikube cannot read. */
  unreadable: string[] = [];
  server = "https://192.168.49.2:8443";
  /** CPUs and memory of each profile that was made. */
  readonly sizes: [number, number][] = [];
  /** Errors for the next calls of `create`. */
  failures: Error[] = [];

  kubeconfigOf = (profile: string) => path.join(this.folder, profile, "kubeconfig");

  readonly minikube: Minikube = {
    version: async () => "1.36.0",
    kubernetesRange: async () => ({ oldest: "1.20.0", newest: "1.33.1" }),
    profiles: async () => [...this.profiles.values()],
    unreadable: async () => this.unreadable,
    status: async () => this.status,
    create: async ({ profile, generation, driver, ports, kubernetesVersion, cpus, memory }, file) => {
      this.sizes.push([cpus, memory]);
      this.asked.push(`create ${profile} of ${generation}${ports.length > 0 ? ` publishing ${ports.join(" ")}` : ""}`);
      this.profiles.set(profile, { name: profile, generation, driver: driver ?? "docker", ports, kubernetesVersion });
      const failure = this.failures.shift();
      if (failure !== undefined) throw failure;
      this.write(profile, file);
    },
    start: async (profile, version, file) => {
      this.asked.push(`start ${profile} ${version}`);
      this.status = running;
      this.write(profile, file);
    },
    stop: async (profile) => {
      this.asked.push(`stop ${profile}`);
      this.status = { ...running, host: "Stopped", apiServer: "Stopped" };
    },
    ip: async () => "192.168.49.2",
    delete: async (profile) => {
      this.asked.push(`delete ${profile}`);
      this.profiles.delete(profile);
    },
  };

  get tools(): Tools {
    return {
      minikube: this.minikube,
      host: this.host,
      kubeconfigOf: this.kubeconfigOf,
      freePorts: async () => ({ http: 20001, https: 20002, kiali: 20003 }),
    };
  }

  /** A profile that is there. */
  has(name: string, rest: Partial<Profile> = {}): this {
    this.profiles.set(name, { name, driver: "docker", ports: [], kubernetesVersion: "1.33.1", ...rest });
    return this;
  }

  /** minikube's kubeconfig for it, as `--embed-certs` makes it: with a note of when. */
  write(name: string, file = this.kubeconfigOf(name), note = String(Math.random())): void {
    const extensions = [{ extension: { "last-update": note } }];
    writeFileSync(
      file,
      stringify({
        clusters: [
          { name, cluster: { server: this.server, "certificate-authority-data": "QQ==", extensions } },
          { name: "else", cluster: { server: "https://else" } },
        ],
        users: [{ name, user: { "client-certificate-data": "Qg==", "client-key-data": "Qw==" } }],
        contexts: [{ name, context: { cluster: name, user: name, extensions } }],
        "current-context": "else",
      }),
    );
  }
}

export const running: Status = { host: "Running", apiServer: "Running", kubeconfig: "Configured" };
export const stopped: Status = { host: "Stopped", apiServer: "Stopped", kubeconfig: "Stopped" };
