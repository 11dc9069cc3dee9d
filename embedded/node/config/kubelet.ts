import { CONTAINERD_SOCKET, DNS_SERVICE_ADDRESS, type NodePlan } from "../plan";

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
