import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { waitReady } from "./apiserver";
import { SeatError } from "../../base/seat-error";
import type { Layout } from "./layout";
import type { NodePlan } from "./plan";
import { isAlive, podProcesses, type ProcessId } from "./processes";
import { startService, stopService } from "./supervisor";

/** Started at once: the apiserver and the services that it needs. */
const FIRST = ["etcd", "kube-apiserver", "containerd"];
/**
 * Started once the apiserver serves. The apiserver waits for a second before it writes its own roles
 * (pkg/registry/rbac/rest/storage_rbac.go), and becomes ready after that. The kubelet needs none of these roles,
 * because the node authorizer has its own rules. So the node is registered by then.
 */
const SERVED = ["kubelet"];
/** Started once the apiserver is ready. Earlier, they would give up and would have to be started again. */
const THEN = ["kube-controller-manager", "kube-scheduler", "kube-proxy"];

/**
 * Starts the node's services in order. Resolves when all are started, the apiserver is ready, and `served` is done.
 *
 * @param served an administrator's work, which runs in parallel from the moment the apiserver serves
 */
export async function startServices(plan: NodePlan, served: () => Promise<void> = async () => {}): Promise<void> {
  for (const name of FIRST) await startService(plan.layout, name);
  await requireAnswer(plan, "/livez/ping");
  for (const name of SERVED) await startService(plan.layout, name);
  const ready = async () => {
    await requireAnswer(plan, "/readyz");
    for (const name of THEN) await startService(plan.layout, name);
  };
  await Promise.all([ready(), served()]);
}

async function requireAnswer(plan: NodePlan, question: string): Promise<void> {
  if (await waitReady(plan.layout, plan.address, undefined, question)) return;
  throw new SeatError(`The apiserver is not ready.\n${lastLines(plan, "kube-apiserver")}\n${lastLines(plan, "etcd")}`);
}

function lastLines({ layout }: NodePlan, service: string): string {
  const file = `${layout.logs}/${service}/current`;
  const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim() : "";
  return `${file} ends with:\n${text.split("\n").slice(-5).join("\n")}`;
}

/** How long all pods together have to end, in milliseconds. Then they are killed. */
const PODS_PATIENCE = 3000;

/**
 * Ends pods and services in order, so that nothing is lost. Takes at most ten seconds. The supervisor keeps running.
 */
export async function stopServices(layout: Layout): Promise<void> {
  // Without the kubelet, nobody restarts a pod's containers or reports their end as a failure.
  await stopService(layout, "kubelet", 1000);
  await endPods(layout);
  await Promise.all(
    ["kube-proxy", "kube-scheduler", "kube-controller-manager", "containerd"].map((name) =>
      stopService(layout, name, 1500),
    ),
  );
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
