#!/bin/bash
# What a run command of any node begins with. Azure gives its parameters as environment, runs it as root, and shows the last 4 KB of what it prints.
set -euo pipefail
umask 077

# How long the node may take, below the run command's own limit, so that this script has the last word.
readonly limit=780

# Says what is wrong after the end of the log that tells why, and ends the run command as failed.
fail() {
  local log=$1
  shift
  echo "istio-lab: $*. The log ends with:"
  $log 2>&1 | tail --bytes=2500 || true
  echo "istio-lab: $*" >&2
  exit 1
}

install_log() {
  cat /var/log/cloud-init-output.log /var/log/istio-lab-install.log
}

service_log() {
  journalctl --unit "$service" --no-pager --lines 60 --output cat
}

# Waits until cloud-init is through; its exit code is about all of the machine, k3s' file about what is needed here. What cloud-init could not install,
# for want of a network at the first start for instance, is installed now, by the same script.
require_k3s() {
  local left
  timeout 600 cloud-init status --wait > /dev/null || true
  [[ ! -x /usr/local/bin/k3s ]] || return 0
  left=$((limit > SECONDS ? limit - SECONDS : 1))
  timeout "$left" /usr/local/sbin/istio-lab-install-k3s > /var/log/istio-lab-install.log 2>&1 || fail install_log "k3s was not installed on $(hostname)"
}

# Writes what a command prints to a file, whole or not at all, and remembers whether that changed anything.
put() {
  local file=$1 mode=$2 new
  shift 2
  new=$(mktemp "$file.XXXXXX")
  "$@" > "$new"
  chmod "$mode" "$new"
  if cmp --silent "$new" "$file"; then
    rm "$new"
  else
    mv "$new" "$file"
    changed=yes
  fi
}

decode() {
  base64 --decode <<< "$1"
}

wall() {
  /usr/local/sbin/istio-lab-wall
}

# Keeps pods from what Azure tells the VM alone: now, and at each start of the service, which needs no restart for it.
build_wall() {
  local changed=no folder=/etc/systemd/system/$service.service.d
  install --directory "$folder"
  put /usr/local/sbin/istio-lab-wall 0755 wall_script
  put "$folder/wall.conf" 0644 wall_conf
  if [[ $changed == yes ]]; then systemctl daemon-reload; fi
  wall > /dev/null 2>&1 || fail wall "pods cannot be kept from WireServer and the instance metadata on $(hostname)"
}

# Starts the service, anew where its files have changed. It is not waited for here: that has no limit.
start() {
  if [[ $changed == yes ]]; then systemctl stop "$service"; fi
  systemctl enable --quiet "$service"
  systemctl start --no-block "$service"
}

# Tries a command until it succeeds, within the limit.
wait_for() {
  local what=$1
  shift
  until "$@" > /dev/null 2>&1; do
    ((SECONDS < limit)) || fail service_log "$what within $limit s on $(hostname)"
    sleep "${ISTIO_LAB_PAUSE:-3}"
  done
}
