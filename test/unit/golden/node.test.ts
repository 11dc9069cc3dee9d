import * as path from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { CAPABILITIES } from "../../../embedded/node/confinement";
import type { SeatCgroups } from "../../../embedded/node/cgroups";
import { cniConfig, containerdConfig, kubeletConfig, kubeProxyConfig } from "../../../embedded/node/config";
import { layout } from "../../../embedded/node/layout";
import { manifests } from "../../../embedded/node/manifests";
import type { NodePlan } from "../../../embedded/node/plan";
import { bootScript, initScript } from "../../../embedded/node/scripts";
import { logScript, runScript, services } from "../../../embedded/node/services";

/**
 * The scripts and settings of a seat's node, for a reviewer to read. A missing flag may open a port, or lose a seat's data. Whether they work is tested in
 * test/engine. After a change that is meant: `npx vitest run --project unit test/unit/golden -u`.
 */
test("the scripts and settings of a seat's node", async () => {
  const plan: NodePlan = {
    layout: layout("/seats/a"),
    name: "a",
    address: "10.231.0.2",
    snapshotter: "overlayfs",
    shared: {},
  };
  const cgroups: SeatCgroups = {
    roots: ["/sys/fs/cgroup/pids/istio-lab-0/cgroup.procs"],
    own: ["/sys/fs/cgroup/pids/istio-lab-0/node/cgroup.procs"],
    parents: ["/sys/fs/cgroup/unified/istio-lab-0"],
    mounts: [
      { at: "pids", type: "cgroup", options: "pids" },
      { at: "unified", type: "cgroup2" },
    ],
  };
  const scripts = {
    layout: plan.layout,
    name: plan.name,
    addressRange: "10.231.0.0/30",
    cgroups,
    shared: { programs: "/cache/bin", images: "/cache/store" },
  };
  const told = {
    services: Object.fromEntries(services(plan).map((service) => [service.name, runScript(service)])),
    log: logScript("/seats/a/logs/etcd"),
    containerd: containerdConfig(plan),
    "containerd by copies": containerdConfig({ ...plan, snapshotter: "native" })
      .split("\n")
      .filter((line) => line.includes("snapshotter ="))
      .join("\n"),
    kubelet: kubeletConfig(plan),
    "kube-proxy": kubeProxyConfig(plan),
    cni: cniConfig(),
    boot: bootScript(scripts),
    // What it covers in /proc is what this machine's kernel has there: test/unit/node/private-root.
    init: initScript(scripts)
      .split("\n")
      .filter((line) => !line.includes("/seats/a/root/proc/"))
      .join("\n"),
    capabilities: [...CAPABILITIES],
    manifests: manifests(),
  };
  await expect(stringify(told, { lineWidth: 0, aliasDuplicateObjects: false })).toMatchFileSnapshot(
    path.join(__dirname, "node.yaml"),
  );
});
