# The control plane's: brings the authorities and the tokens, starts k3s and waits until it is ready.
: "${DNS_NAME:?}" "${SERVER_CA_CERT:?}" "${SERVER_CA_KEY:?}" "${CLIENT_CA_CERT:?}" "${CLIENT_CA_KEY:?}" "${SERVER_TOKEN:?}" "${AGENT_TOKEN:?}"
service=k3s
changed=no
readonly tls=/var/lib/rancher/k3s/server/tls

require_k3s
build_wall

# k3s takes authorities that are there before its first start, and makes the rest: https://docs.k3s.io/cli/certificate
install --directory --mode 0700 /var/lib/rancher/k3s/server "$tls"
put "$tls/server-ca.crt" 0644 decode "$SERVER_CA_CERT"
put "$tls/server-ca.key" 0600 decode "$SERVER_CA_KEY"
put "$tls/client-ca.crt" 0644 decode "$CLIENT_CA_CERT"
put "$tls/client-ca.key" 0600 decode "$CLIENT_CA_KEY"

put /etc/istio-lab/server.env 0644 printf 'DNS_NAME=%s\n' "$DNS_NAME"
put /etc/istio-lab/secrets.env 0600 printf 'K3S_TOKEN=%s\nK3S_AGENT_TOKEN=%s\n' "$SERVER_TOKEN" "$AGENT_TOKEN"

start
node_is_ready() {
  k3s kubectl wait --for=condition=Ready "node/$(hostname)" --timeout=1s
}
dns_is_ready() {
  k3s kubectl --namespace kube-system rollout status deployment/coredns --timeout=1s
}
wait_for "the Kubernetes API did not get ready" k3s kubectl get --raw /readyz
wait_for "the node did not get ready" node_is_ready
wait_for "the cluster's DNS did not get ready" dns_is_ready
echo "istio-lab: $(hostname) is ready"
