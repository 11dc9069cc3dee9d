import { setTimeout as sleep } from "node:timers/promises";
import type { Layout } from "./layout";
import { isAlive, podProcesses, type ProcessId } from "./processes";
import { stopService } from "./supervisor";

/** How long the pods together have for their end, in milliseconds; then they are killed. */
const PODS_PATIENCE = 3000;

/** Ends pods and services in order, so that nothing is lost; at most ten seconds. The supervisor stays. */
export async function stopServices(layout: Layout): Promise<void> {
  // Without the kubelet nobody starts a pod's containers again, and nobody takes their end for a failure.
  await stopService(layout, "kubelet", 1000);
  await endPods(layout);
  await Promise.all(["kube-proxy", "kube-scheduler", "kube-controller-manager", "containerd"].map((name) => stopService(layout, name, 1500)));
  await stopService(layout, "kube-apiserver", 1500);
  await stopService(layout, "etcd", 2000);
}

async function endPods({ folder }: Layout): Promise<void> {
  signal(podProcesses(folder), "SIGTERM");
  for (const deadline = Date.now() + PODS_PATIENCE; Date.now() < deadline; await sleep(50)) {
    if (podProcesses(folder).length === 0) return;
  }
  signal(podProcesses(folder), "SIGKILL");
}

function signal(processes: readonly ProcessId[], name: NodeJS.Signals): void {
  for (const id of processes) {
    if (!isAlive(id)) continue;
    try {
      process.kill(id.pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
