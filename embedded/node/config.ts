import { pauseImage } from "../../versions";
import { POD_RANGE } from "./address";
import { kubeconfigOf } from "./certificates";
import { CONTAINERD_SOCKET, DNS_SERVICE_ADDRESS, type NodePlan } from "./plan";

/** The kubelet's configuration, kubelet.config.k8s.io/v1beta1. */
export function kubeletConfig(plan: NodePlan): string {
  const { pki, etc } = plan.layout;
  return `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
containerRuntimeEndpoint: unix://${CONTAINERD_SOCKET}
authentication:
  anonymous: { enabled: false }
  webhook: { enabled: true }
  x509: { clientCAFile: ${JSON.stringify(`${pki}/client-ca.crt`)} }
authorization: { mode: Webhook }
tlsCertFile: ${JSON.stringify(`${pki}/kubelet.crt`)}
tlsPrivateKeyFile: ${JSON.stringify(`${pki}/kubelet.key`)}
clusterDomain: cluster.local
clusterDNS: ["${DNS_SERVICE_ADDRESS}"]
resolvConf: ${JSON.stringify(`${etc}/resolv.conf`)}
maxPods: 110

# The root that the seat sees is its own cgroup: all pods stay below it, so that they can be found and removed with it.
cgroupDriver: cgroupfs
cgroupRoot: "/"
enforceNodeAllocatable: ["none"]
# Machines with cgroup version 1 still do.
failCgroupV1: false
failSwapOn: false
protectKernelDefaults: false
oomScoreAdj: 0

# The images were imported and cannot be pulled again: none is ever removed, however full the disk.
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
evictionHard: { memory.available: 100Mi, nodefs.available: "0%", nodefs.inodesFree: "0%", imagefs.available: "0%", imagefs.inodesFree: "0%" }
volumeStatsAggPeriod: 0s

# A seat is watched by people who wait for it.
registryPullQPS: 0
eventRecordQPS: 0
serializeImagePulls: false
syncFrequency: 30s
httpCheckFrequency: 20s
nodeStatusUpdateFrequency: 10s
`;
}

/** containerd's configuration, in version 2 of the format, which Debian 12's containerd 1.6 reads. */
export function containerdConfig(plan: NodePlan): string {
  return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper"]

[grpc]
  address = "${CONTAINERD_SOCKET}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  # Where this machine's root lacks CAP_SYS_RESOURCE, nobody may lower an oom_score_adj, and every sandbox that asks
  # for it dies ("can't get final child's PID from pipe").
  restrict_oom_score_adj = true
  max_container_log_line_size = 65536

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = ${JSON.stringify(`${plan.layout.etc}/cni`)}

  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "${plan.snapshotter}"
    default_runtime_name = "runc"

    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"

      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
`;
}

/**
 * The pods' network: one bridge, with addresses assigned in turn. The assignments are in /run, so they are free after
 * a restart.
 */
export function cniConfig(): string {
  const config = {
    cniVersion: "1.0.0",
    name: "pods",
    plugins: [
      {
        type: "bridge",
        bridge: "cni0",
        isDefaultGateway: true,
        hairpinMode: true, // a pod may reach itself through its Service
        ipMasq: true, // packets that leave the seat carry the node's address: the host has no route to pods
        mtu: 1500,
        ipam: { type: "host-local", dataDir: "/run/cni/networks", ranges: [[{ subnet: POD_RANGE }]] },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** kube-proxy's configuration, kubeproxy.config.k8s.io/v1alpha1. */
export function kubeProxyConfig(plan: NodePlan): string {
  return `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
hostnameOverride: "${plan.name}"
clusterCIDR: ${POD_RANGE}
bindAddress: 0.0.0.0
metricsBindAddress: 127.0.0.1:10249
clientConnection: { kubeconfig: ${JSON.stringify(kubeconfigOf(plan, "kube-proxy"))} }
# NodePorts answer at the node's address, not at 127.0.0.1: nobody but the node itself is there.
iptables: { localhostNodePorts: false, syncPeriod: 30s, minSyncPeriod: 100ms }
# 0 leaves the kernel's settings alone: in a network namespace they are not to be changed.
conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s }
oomScoreAdj: 0
`;
}
