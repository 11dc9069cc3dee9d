import { readFileSync } from "node:fs";
import { userInfo } from "node:os";

/** What is asked of Docker and Podman, whose containers are minikube's usual machines. */
export interface Daemon {
  /** Its containers have addresses that this machine does not reach: Docker Desktop, or one without root. */
  readonly isApart: boolean;
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
}

/** This machine, as far as it decides where a NodePort is reached. */
export interface Host {
  readonly platform: NodeJS.Platform;
  readonly isWsl: boolean;
  /** Where DOCKER_HOST points when that is another machine. */
  readonly remoteDocker?: string;
  /** Undefined when it is not installed or does not answer. */
  daemon(driver: "docker" | "podman"): Promise<Daemon | undefined>;
}

export const thisHost: Host = {
  platform: process.platform,
  isWsl: process.platform === "linux" && /microsoft/i.test(textOf("/proc/version")),
  remoteDocker: /^(tcp|ssh):/.test(process.env.DOCKER_HOST ?? "") ? process.env.DOCKER_HOST : undefined,
  daemon: (driver) => asked[driver](),
};

/** minikube runs Podman by sudo on Linux (oci.PrefixCmd), and so sees another one than the user's own. */
const asked = {
  docker: async () => dockerOf(await answer("docker", ["info", "--format", "{{json .}}"])),
  podman: async () => podmanOf(await answer(...((sudo() ? ["sudo", ["-n", "podman", "info", "--format", "json"]] : ["podman", ["info", "--format", "json"]]) as [string, string[]]))),
};

export function dockerOf(info: any): Daemon | undefined {
  if (!info?.ServerVersion) return undefined;
  const rootless = ((info.SecurityOptions ?? []) as string[]).some((option) => option.includes("rootless"));
  return { isApart: rootless || info.OperatingSystem === "Docker Desktop", cpus: info.NCPU, memory: info.MemTotal };
}

export function podmanOf(info: any): Daemon | undefined {
  return info?.host === undefined ? undefined : { isApart: info.host.security?.rootless === true, cpus: info.host.cpus, memory: info.host.memTotal };
}

async function answer(file: string, args: string[]): Promise<unknown> {
  const { execa } = await import("execa");
  const ended = await execa(file, args, { reject: false, stdin: "ignore", timeout: 20_000 });
  try {
    return JSON.parse(ended.stdout);
  } catch {
    return undefined;
  }
}

function sudo(): boolean {
  return process.platform === "linux" && userInfo().uid !== 0;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
