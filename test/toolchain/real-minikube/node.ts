import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import type { Step } from "../../../base/step";
import { makeWhole, place } from "../../../embedded/toolchain/place";
import { keyOf } from "./key";
import { unpackedEnvironment } from "./packages";
import { MINIKUBE, program } from "./programs";

/** Debian in the place of the Ubuntu that minikube's node image is made of; what its Dockerfile installs, as far as containerd's runtime needs it. */
const packages = [
  "systemd",
  "systemd-sysv",
  "dbus",
  "conntrack",
  "iptables",
  "iproute2",
  "ethtool",
  "socat",
  "mount",
  "ebtables",
  "udev",
  "kmod",
  "pigz",
  "ca-certificates",
  "curl",
  "rsync",
  "iputils-ping",
  "netcat-openbsd",
  "lz4",
  "sudo",
  "openssh-server",
  "bind9-dnsutils",
  "containerd",
  "runc",
  "containernetworking-plugins",
  "procps",
  "jq",
];
/** Where the node finds the registry: docker's own bridge. */
export const REGISTRY = "172.17.0.1:5000";

const runtime = path.join(__dirname, "runc-within-rights.sh");
const made = () => place("minikube-node", keyOf([packages, REGISTRY, MINIKUBE, FINISH, CNI], [runtime, __filename]));

/** The node's file system, as `docker import` takes it. */
export function nodeTar(): string {
  return path.join(made(), "node.tar");
}

/**
 * The pod network of each node. MINIKUBE_CNI=bridge writes the same file, but to the first node alone: one that `minikube node add` makes stays NotReady without it,
 * and minikube waits six minutes for that (pkg/minikube/cni/bridge.go). As with a bridge everywhere, pods of two nodes do not reach each other.
 */
const CNI = JSON.stringify({
  cniVersion: "0.4.0",
  name: "bridge",
  plugins: [
    {
      type: "bridge",
      bridge: "bridge",
      isDefaultGateway: true,
      ipMasq: true,
      hairpinMode: true,
      ipam: { type: "host-local", subnet: "10.244.0.0/16" },
    },
    { type: "portmap", capabilities: { portMappings: true } },
    { type: "firewall" },
  ],
});

/** What minikube's Dockerfile does after its packages: see deploy/kicbase in its module. */
const FINISH = String.raw`
set -e
mkdir -p etc/cni/net.d etc/containerd/certs.d/_default kind opt/cni etc/kubernetes/manifests var/lib/minikube/scheduled-stop run/sshd
install -m 755 "$KICBASE/entrypoint" usr/local/bin/entrypoint
cp "$KICBASE/containerd.toml" etc/containerd/config.toml
cp "$KICBASE/scheduled-stop/minikube-scheduled-stop.service" usr/lib/systemd/system/
install -m 755 "$KICBASE/scheduled-stop/minikube-scheduled-stop" var/lib/minikube/scheduled-stop/
ln -s /usr/lib/cni opt/cni/bin
rm -f lib/systemd/system/sysinit.target.wants/systemd-tmpfiles-setup.service lib/systemd/system/multi-user.target.wants/* etc/systemd/system/*.wants/* \
  lib/systemd/system/local-fs.target.wants/* lib/systemd/system/sockets.target.wants/*udev* lib/systemd/system/sockets.target.wants/*initctl* lib/systemd/system/basic.target.wants/*
mkdir -p etc/systemd/system/multi-user.target.wants
ln -s /lib/systemd/system/ssh.service etc/systemd/system/multi-user.target.wants/ssh.service
ln -s /lib/systemd/system/dbus.service etc/systemd/system/multi-user.target.wants/dbus.service
echo ReadKMsg=no >> etc/systemd/journald.conf
sed -i -re 's#^(hosts:\s*).*#\1files dns#' etc/nsswitch.conf
# Without PAM sshd takes no account whose password is locked, which useradd's is.
sed -ri 's/^UsePAM yes/#UsePAM yes/' etc/ssh/sshd_config
chroot . groupadd -f docker
chroot . useradd -m -s /bin/bash -g docker -G sudo -p '*' docker
mkdir -p home/docker/.ssh
chroot . chown -R docker:docker /home/docker
echo '%sudo ALL=(ALL) NOPASSWD:ALL' >> etc/sudoers
mv usr/sbin/runc usr/sbin/runc.real
install -m 755 "$RUNTIME" usr/sbin/runc
install -m 755 "$CRICTL" usr/bin/crictl
rm -rf var/cache/apt/archives/*.deb var/lib/apt/lists/* usr/share/doc/* usr/share/man/*
`;

export function nodeStep(): Step {
  return {
    title: "minikube's node, from Debian's packages",
    isDone: async () => fs.existsSync(made()),
    run: (report, signal) =>
      makeWhole(made(), async (scratch) => {
        const [root, kicbase] = [
          path.join(scratch, "root"),
          path.join(await minikubeModule(scratch, signal), "deploy/kicbase"),
        ];
        const env = unpackedEnvironment();
        report(0, 3, "debootstrap");
        const from = ["--variant=minbase", `--include=${packages.join(",")}`, "bookworm", root];
        await execa("sh", [path.join(env.DEBOOTSTRAP_DIR!, "../../sbin/debootstrap"), ...from], {
          env,
          cancelSignal: signal,
        });
        report(1, 3, "what minikube's own image has");
        const hosts = `server = "http://${REGISTRY}"\n[host."http://${REGISTRY}"]\n  capabilities = ["pull", "resolve"]\n`;
        await execa("sh", ["-c", FINISH], {
          cwd: root,
          env: { KICBASE: kicbase, RUNTIME: runtime, CRICTL: program("crictl") },
          cancelSignal: signal,
        });
        fs.writeFileSync(path.join(root, "etc/containerd/certs.d/_default/hosts.toml"), hosts);
        fs.writeFileSync(path.join(root, "etc/cni/net.d/1-k8s.conflist"), CNI);
        report(2, 3, "packing");
        await execa("tar", ["--create", "--file", path.join(scratch, "node.tar"), "--directory", root, "."], {
          cancelSignal: signal,
        });
        fs.rmSync(root, { recursive: true });
      }),
  };
}

async function minikubeModule(cwd: string, signal: AbortSignal): Promise<string> {
  const { stdout } = await execa("go", ["mod", "download", "-json", `k8s.io/minikube@${MINIKUBE}`], {
    cwd,
    env: { GOFLAGS: "" },
    cancelSignal: signal,
  });
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}
