#!/bin/bash
# Puts k3s, of the release and with the hash in /etc/istio-lab/k3s.release, to /usr/local/bin. A file with another hash is never made executable.
set -euo pipefail

# shellcheck source=/dev/null
. /etc/istio-lab/k3s.release
: "${K3S_VERSION:?}" "${K3S_SHA256:?}"
readonly target=/usr/local/bin/k3s

has_hash() {
  echo "$K3S_SHA256  $1" | sha256sum --check --status
}

if [[ ! -x $target ]] || ! has_hash "$target"; then
  download=$(mktemp "$target.XXXXXX")
  trap 'rm -f "$download"' EXIT
  # The plus sign of a release is %2B in its address.
  url="https://github.com/k3s-io/k3s/releases/download/${K3S_VERSION//+/%2B}/k3s"
  echo "istio-lab: loading $url"
  curl --fail --silent --show-error --location --retry 8 --retry-all-errors --retry-delay 5 --max-time 300 --output "$download" "$url"
  if ! has_hash "$download"; then
    echo "istio-lab: $url has the SHA-256 $(sha256sum < "$download" | cut -d' ' -f1), and azure.k3s.sha256 says $K3S_SHA256: it is not installed" >&2
    exit 1
  fi
  install --mode 0755 "$download" "$target"
fi

ln -sf k3s /usr/local/bin/kubectl
sysctl --quiet --load=/etc/sysctl.d/90-istio-lab.conf
systemctl daemon-reload
echo "istio-lab: $K3S_VERSION is installed"
