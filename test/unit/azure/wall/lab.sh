#!/bin/bash
# A node with a pod behind it and a cloud before it, in network namespaces that end with this script. It prints who was answered: STATE ASKER TARGET ANSWER.
# Called with the path of wall.sh, in network, mount and process namespaces of its own.
set -euo pipefail
wall=$1
folder=$(dirname "$0")

mount -t tmpfs tmpfs /run
for name in pod cloud; do
  ip netns add "$name"
  ip -n "$name" link set lo up
  ip link add "node-$name" type veth peer name eth0 netns "$name"
  ip link set "node-$name" up
done
ip link set lo up
ip address add 10.42.0.1/24 dev node-pod
ip address add 10.77.0.10/24 dev node-cloud
ip -n pod address add 10.42.0.9/24 dev eth0
ip -n cloud address add 10.77.0.1/24 dev eth0
for address in 168.63.129.16 169.254.169.254; do ip -n cloud address add "$address/32" dev lo; done
for name in pod cloud; do ip -n "$name" link set eth0 up; done
ip route add default via 10.77.0.1
ip -n pod route add default via 10.42.0.1
echo 1 > /proc/sys/net/ipv4/ip_forward

# What kube-proxy and flannel write. The Service's endpoint is an EndpointSlice of somebody's own.
rewrite_filter_and_nat() {
  iptables-restore << 'RULES'
*filter
:FORWARD DROP [0:0]
-A FORWARD -s 10.42.0.0/16 -j ACCEPT
-A FORWARD -d 10.42.0.0/16 -j ACCEPT
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A PREROUTING -d 10.43.0.80/32 -p tcp --dport 8080 -j DNAT --to-destination 168.63.129.16:80
-A POSTROUTING -s 10.42.0.0/16 -o node-cloud -j MASQUERADE
COMMIT
RULES
}

mkfifo /run/ready
ip netns exec cloud node "$folder/cloud.js" > /run/ready &
read -r < /run/ready

ask() {
  local state=$1 asker=$2 protocol=$3 address=$4 port=$5 enter=() answer patience=10
  # Nobody waits longer for what should be dropped.
  if [[ $state-$asker == walled-pod && $port != 53 ]]; then patience=2; fi
  if [[ $asker == pod ]]; then enter=(ip netns exec pod); fi
  # head, because bash's own read takes one byte of a datagram and loses the rest.
  # shellcheck disable=SC2016
  answer=$("${enter[@]}" timeout $patience bash -c 'exec 3<> "/dev/$0/$1/$2" && echo ask >&3 && head --lines=1 <&3' "$protocol" "$address" "$port" 2> /dev/null) || answer=nothing
  echo "$state $asker $protocol:$address:$port $answer"
}

ask_all() {
  local pids=()
  for asker in pod node; do
    for target in "tcp 168.63.129.16 80" "tcp 168.63.129.16 32526" "tcp 169.254.169.254 80" "tcp 168.63.129.16 53" "udp 168.63.129.16 53"; do
      # shellcheck disable=SC2086
      ask "$1" "$asker" $target &
      pids+=($!)
    done
  done
  ask "$1" pod tcp 10.43.0.80 8080 &
  wait "${pids[@]}" $!
}

rewrite_filter_and_nat
ask_all open
bash "$wall"
# k3s starts anew: the wall is asked for again, and filter and nat are written from their beginning.
bash "$wall"
rewrite_filter_and_nat
iptables --insert FORWARD --jump ACCEPT
ask_all walled
iptables --table mangle --list-rules FORWARD | sed 's/^/rules /'
