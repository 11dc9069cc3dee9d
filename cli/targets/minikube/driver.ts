import type { Daemon } from "../../../components/cluster/minikube/daemon";
import { isContainer } from "../../../components/cluster/minikube/containers";
import type { Driver } from "../../../components/cluster/minikube/settings";
import type { Finding } from "../../preflight/finding";
import type { Machine } from "./preflight";

/**
 * Programs that a driver needs on PATH, any one of them. minikube looks for the same (pkg/minikube/registry/drvs).
 * Driver none is missing here, because its machine is this one.
 */
const programs: Readonly<Record<Exclude<Driver, "none">, readonly string[]>> = {
  docker: ["docker"],
  podman: ["podman"],
  kvm2: ["virsh"],
  qemu2: ["qemu-system-x86_64", "qemu-system-aarch64"],
  virtualbox: ["VBoxManage"],
  vmware: ["vmrun", "docker-machine-driver-vmware"],
  vfkit: ["vfkit"],
  hyperkit: ["hyperkit"],
  hyperv: ["powershell"],
  parallels: ["prlctl"],
};
/** Drivers that work on one system only. */
const onlyOn: Readonly<Partial<Record<Driver, NodeJS.Platform>>> = {
  kvm2: "linux",
  vfkit: "darwin",
  hyperkit: "darwin",
  parallels: "darwin",
  hyperv: "win32",
};

/** Whether a driver is available with which minikube can make the machine. */
export function driverFinding(driver: Driver | undefined, daemon: Daemon | undefined, machine: Machine): Finding {
  const name = "driver";
  const { platform, uid, isForced, remoteDocker } = machine;
  const named = driver ?? "minikube's own choice";
  if (platform === "linux" && uid === 0 && driver !== "none" && !isForced) {
    const todo = "run the same command as a user without root rights, or with MINIKUBE_FORCE=true";
    return { name, status: "refused", seen: `${named}, as root: all of minikube's drivers but none refuse root`, todo };
  }
  if (driver !== undefined && isContainer(driver) && daemon === undefined)
    return { name, status: "refused", seen: `${driver} is not installed or does not answer`, todo: `start ${driver}` };
  if (remoteDocker !== undefined && (driver === "docker" || (driver === undefined && daemon !== undefined))) {
    return {
      name,
      status: "refused",
      seen: `${named}, on another machine (DOCKER_HOST is ${remoteDocker}): this machine could reach none of the seat's URLs`,
      todo: "unset DOCKER_HOST",
    };
  }
  if (driver === "none" || daemon !== undefined) return { name, status: "ok", seen: named };
  const others = candidates(machine);
  if (driver === undefined) {
    if (others.length > 0)
      return {
        name,
        status: "ok",
        seen: `${named}; docker does not answer, and this machine has ${others.join(", ")}`,
      };
    return {
      name,
      status: "refused",
      seen: "none: docker does not answer, and PATH has no other driver's programs",
      todo: "start Docker, or install another driver",
    };
  }
  if (others.includes(driver)) return { name, status: "ok", seen: named };
  return {
    name,
    status: "refused",
    seen: missing(driver, platform),
    todo: "install it, or take another istio-lab:minikube.driver, such as docker",
  };
}

/** Drivers whose program is here. When this is called, docker is known not to answer. */
function candidates({ platform, has }: Machine): Driver[] {
  const all = Object.keys(programs) as Exclude<Driver, "none">[];
  return all.filter((driver) => driver !== "docker" && isOf(driver, platform) && programs[driver].some(has));
}

function isOf(driver: Driver, platform: NodeJS.Platform): boolean {
  return (onlyOn[driver] ?? platform) === platform;
}

function missing(driver: Exclude<Driver, "none">, platform: NodeJS.Platform): string {
  return isOf(driver, platform)
    ? `${driver}: ${programs[driver].join(", ")} ${programs[driver].length > 1 ? "are" : "is"} not on PATH`
    : `${driver} is not a driver for ${platform}`;
}
