# A further node's: brings the token to join with, starts k3s and waits until the control plane has the node as ready.
: "${SERVER_ADDRESS:?}" "${JOIN_TOKEN:?}"
service=k3s-agent
changed=no

require_k3s
build_wall

put /etc/istio-lab/agent.env 0644 printf 'K3S_URL=https://%s:6443\n' "$SERVER_ADDRESS"
put /etc/istio-lab/secrets.env 0600 printf 'K3S_TOKEN=%s\n' "$JOIN_TOKEN"

start
node_is_ready() {
  k3s kubectl --kubeconfig /var/lib/rancher/k3s/agent/kubelet.kubeconfig wait --for=condition=Ready "node/$(hostname)" --timeout=1s
}
wait_for "the node did not join" node_is_ready
echo "istio-lab: $(hostname) is ready"
