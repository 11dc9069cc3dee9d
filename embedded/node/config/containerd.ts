import { pauseImage } from "../../../versions";
import { CONTAINERD_SOCKET, type NodePlan } from "../plan";

/** containerd's configuration (version 2 of the format: that is what Debian 12's containerd 1.6 reads). */
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
