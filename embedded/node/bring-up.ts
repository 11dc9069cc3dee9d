import * as fs from "node:fs";
import { waitReady } from "./apiserver";
import { SeatError } from "./errors";
import type { NodePlan } from "./plan";
import { startService } from "./supervisor";

/** Started at once: the apiserver and what it stands on. */
const FIRST = ["etcd", "kube-apiserver", "containerd"];
/**
 * Started once the apiserver serves. It waits for a second before it writes its own roles (pkg/registry/rbac/rest/storage_rbac.go), and is ready after them. A kubelet
 * needs none: the node authorizer has its own rules. So the node is there by then.
 */
const SERVED = ["kubelet"];
/** Started once the apiserver is ready: before, they would give up and have to be started again. */
const THEN = ["kube-controller-manager", "kube-scheduler", "kube-proxy"];

/**
 * Starts the node's services in their order. Resolves when all are started, the apiserver is ready, and `served` is done.
 *
 * @param served what an administrator does meanwhile, from when the apiserver serves
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
