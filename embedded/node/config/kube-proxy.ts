import { POD_RANGE } from "../address";
import { kubeconfigOf } from "../certificates";
import type { NodePlan } from "../plan";

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
