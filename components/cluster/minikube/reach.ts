import { isContainer } from "./containers";
import type { Daemon, Host } from "./daemon";
import { MinikubeError } from "./errors";
import type { Profile } from "./minikube";
import { publishedIn, type Published } from "./ports";

/** Host and ports at which a profile's node ports are reached. */
export interface Reach extends Published {
  readonly host: string;
}

/**
 * Whether the node ports have to be published on this machine, which only `start` can do. Containers' addresses
 * cannot be reached from macOS, Windows, WSL, with Docker Desktop, or without root (minikube's
 * driver.NeedsPortForward). Where the config names no driver, minikube may choose a container.
 */
export function isPublished(
  { platform, isWsl }: Host,
  driver: string | undefined,
  daemon: Daemon | undefined,
): boolean {
  if (driver !== undefined && !isContainer(driver)) return false;
  return platform !== "linux" || isWsl || daemon?.isApart === true;
}

/** @throws MinikubeError where nothing outside the machine can reach it */
export function reachOf({ name, driver, ports }: Profile, ip: string, nodePorts: Published): Reach {
  const published = isContainer(driver) ? publishedIn(ports, nodePorts) : undefined;
  if (published !== undefined) return { host: "127.0.0.1", ...published };
  if (!(driver.startsWith("qemu") && unreachable.includes(ip))) return { host: ip, ...nodePorts };
  throw new MinikubeError(
    `Profile ${name}: the machine of driver ${driver} has the address ${ip}, which nothing outside it reaches; \`minikube tunnel\` does not help there.\n` +
      "Take QEMU's other network (`minikube config set network socket_vmnet`), or another istio-lab:minikube.driver such as docker.",
  );
}

/** Addresses that every machine on QEMU's built-in network has (qemu.go, GetIP and the network's own DHCP). */
const unreachable = ["127.0.0.1", "10.0.2.15"];
