import * as fs from "node:fs";
import { waitReady } from "./apiserver";
import { SeatError } from "./errors";
import type { NodePlan } from "./plan";
import { startService } from "./supervisor";

/** Started at once: the apiserver and what it stands on. */
const FIRST = ["etcd", "kube-apiserver", "containerd"];
/** Started once the apiserver is ready: before, they would give up and have to be started again. */
const THEN = ["kube-controller-manager", "kubelet", "kube-scheduler", "kube-proxy"];

/** Starts the node's services in their order. Resolves when all are started and the apiserver is ready. */
export async function startServices(plan: NodePlan): Promise<void> {
  for (const name of FIRST) await startService(plan.layout, name);
  if (!(await waitReady(plan.layout, plan.address))) {
    throw new SeatError(`The apiserver is not ready.\n${lastLines(plan, "kube-apiserver")}\n${lastLines(plan, "etcd")}`);
  }
  for (const name of THEN) await startService(plan.layout, name);
}

function lastLines({ layout }: NodePlan, service: string): string {
  const file = `${layout.logs}/${service}/current`;
  const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim() : "";
  return `${file} ends with:\n${text.split("\n").slice(-5).join("\n")}`;
}
