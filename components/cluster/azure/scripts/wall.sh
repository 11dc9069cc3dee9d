#!/bin/bash
# Keeps pods from what Azure tells this VM alone: WireServer, which hands the VM's agent the settings of its run commands, and the instance metadata.
# Port 53 of the first stays, it is the cloud's resolver. The node's own programs are not forwarded, and Azure's agent goes on.
# Both ports of WireServer: https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
#
# In the table mangle: k3s, kube-proxy, flannel and the network policies write into filter and nat alone, and what filter accepts has passed here before.
# An address that a Service translates to is translated by then. Calling it again changes nothing.
set -euo pipefail

for target in 168.63.129.16:80 168.63.129.16:32526 169.254.169.254:80; do
  rule=(FORWARD --protocol tcp --destination "${target%:*}" --destination-port "${target#*:}" --jump DROP)
  iptables --wait 10 --table mangle --check "${rule[@]}" 2> /dev/null || iptables --wait 10 --table mangle --insert "${rule[@]}"
done
