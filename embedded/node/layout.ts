import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/**
 * The paths of a seat's parts. They are the same on the host and inside the seat, where the folder is mounted under
 * its own path.
 */
export interface Layout {
  /** The seat's folder, absolute and without symbolic links: it identifies the seat on this machine. */
  folder: string;
  /** The seat's record, see record.ts. */
  record: string;
  /** The administrator's kubeconfig (mode 0600). */
  kubeconfig: string;
  /** Keys and certificates (keys mode 0600). */
  pki: string;
  /** Configuration files and the components' kubeconfigs. */
  etc: string;
  /** The programs that the services run. They are here so that a new build does not change a living seat. */
  bin: string;
  /** One folder per supervised service, with its `run` script. */
  services: string;
  /** One folder per service, the newest lines in `current`. */
  logs: string;
  /** The seat's `/var`: etcd's data, containerd's images, the kubelet's pods, the volumes. */
  var: string;
  /** An empty folder on which the seat mounts its root. */
  root: string;
  /** Script: what the seat's first process does. */
  init: string;
  /** Script: how the seat's first process is made. */
  boot: string;
}

/** The parts of the seat in `folder`. */
export function layout(folder: string): Layout {
  const real = realFolder(folder);
  const at = (name: string) => path.join(real, name);
  return {
    folder: real,
    record: at("seat.json"),
    kubeconfig: at("kubeconfig"),
    pki: at("pki"),
    etc: at("etc"),
    bin: at("bin"),
    services: at("services"),
    logs: at("logs"),
    var: at("var"),
    root: at("root"),
    init: at("init"),
    boot: at("boot"),
  };
}

/**
 * Ten hex digits that identify the seat in `folder` on this machine. A name alone is not enough: two clones may hold
 * seats with the same name.
 */
export function seatId(folder: string): string {
  return idOf(realFolder(folder));
}

function idOf(real: string): string {
  return createHash("sha256").update(real).digest("hex").slice(0, 10);
}

/** The host's end of the seat's veth pair. The kernel allows 15 characters. */
export function linkName(folder: string): string {
  return `il${seatId(folder)}`;
}

/** The seat's cgroup, the same in each hierarchy. */
export function cgroupName(folder: string): string {
  return cgroupNamed(realFolder(folder));
}

/**
 * The cgroup of a seat that was started while its folder had the path `real`, without symbolic links. The folder may
 * have been moved since.
 */
export function cgroupNamed(real: string): string {
  return `istio-lab-${idOf(real)}`;
}

/** `folder` without symbolic links. If the folder is gone, resolves the part of its path that still exists. */
function realFolder(folder: string): string {
  const absolute = path.resolve(folder);
  for (let there = absolute; ; there = path.dirname(there)) {
    try {
      return path.join(fs.realpathSync(there), path.relative(there, absolute));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || there === path.dirname(there)) throw error;
    }
  }
}
