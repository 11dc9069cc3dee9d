import * as fs from "node:fs";
import * as path from "node:path";
import type { ImageArchive } from "../images/store";
import { binary } from "../toolchain";
import { writeCertificates, type Trust } from "./certificates";
import { cniConfig, containerdConfig, kubeletConfig, kubeProxyConfig } from "./config";
import { standOn } from "./import-images";
import { BUILT } from "./machine";
import type { NodePlan } from "./plan";
import { services, writeService } from "./services";

/** The f_type of overlayfs, see statfs(2). An overlay cannot be mounted with its upper folder on such a filesystem. */
const OVERLAYFS = 0x794c7630;

/** Which snapshotter containerd can use in `folder`. */
export function snapshotterFor(folder: string): NodePlan["snapshotter"] {
  return fs.statfsSync(folder).type === OVERLAYFS ? "native" : "overlayfs";
}

/** Writes all files that a node needs before its first process runs. */
export async function writeNodeFiles(plan: NodePlan, images: readonly ImageArchive[], trust?: Trust): Promise<void> {
  const { layout } = plan;
  for (const folder of [layout.etc, layout.bin, layout.logs, layout.root]) fs.mkdirSync(folder, { recursive: true });
  writeVar(layout.var);
  if (plan.shared.programs === undefined)
    for (const name of [...BUILT, "kubectl"]) copyProgram(binary(name), path.join(layout.bin, name));
  if (plan.shared.images !== undefined) standOn(plan.shared.images, layout, images);
  await writeCertificates(plan, trust);
  writeConfiguration(plan);
}

/**
 * Writes the configuration and scripts of the services, as this version of istio-lab defines them. A seat of an
 * earlier version gets them at its next start.
 */
export function writeConfiguration(plan: NodePlan): void {
  writeConfig(plan);
  // Recreate the folder instead of writing into the existing one. The seat could write there while it ran, and may have put
  // links there.
  fs.rmSync(plan.layout.services, { recursive: true, force: true });
  for (const service of services(plan)) writeService(plan.layout, service);
}

function writeConfig(plan: NodePlan): void {
  const { etc } = plan.layout;
  fs.mkdirSync(path.join(etc, "cni"), { recursive: true });
  fs.writeFileSync(path.join(etc, "cni", "pods.conflist"), cniConfig());
  fs.writeFileSync(path.join(etc, "containerd.toml"), containerdConfig(plan));
  fs.writeFileSync(path.join(etc, "kubelet.yaml"), kubeletConfig(plan));
  fs.writeFileSync(path.join(etc, "kube-proxy.yaml"), kubeProxyConfig(plan));
  fs.writeFileSync(path.join(etc, "resolv.conf"), "# There is no way out of the seat, and no other name server.\n");
}

function writeVar(folder: string): void {
  for (const name of ["cache", "lib/containerd", "lib/kubelet", "log", "tmp", "volumes"])
    fs.mkdirSync(path.join(folder, name), { recursive: true });
  fs.mkdirSync(path.join(folder, "lib/etcd"), { recursive: true, mode: 0o700 });
  fs.chmodSync(path.join(folder, "tmp"), 0o1777);
  fs.symlinkSync("/run", path.join(folder, "run"));
  fs.symlinkSync("/run/lock", path.join(folder, "lock"));
}

/** Copies the file. A hard link would let the seat write to the file of all seats. */
function copyProgram(from: string, to: string): void {
  fs.copyFileSync(from, to, fs.constants.COPYFILE_FICLONE);
}
