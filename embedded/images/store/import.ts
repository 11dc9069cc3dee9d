import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";

/** The folder of containerd's overlay snapshotter, below containerd's root. */
export const SNAPSHOTTER = "io.containerd.snapshotter.v1.overlayfs";

/** The configuration of a containerd with its data in `root` and its sockets in its own /run. It runs no containers. */
const configuration = (root: string) => `version = 2
root = ${JSON.stringify(root)}
state = "/run/containerd"
disabled_plugins = ["io.containerd.grpc.v1.cri", ${["aufs", "btrfs", "devmapper", "native", "zfs"].map((name) => `"io.containerd.snapshotter.v1.${name}"`).join(", ")}]

[grpc]
  address = "/run/containerd/containerd.sock"
`;

/**
 * Arguments: the configuration, the folder of the snapshots, then the archives. Reports after each image which
 * snapshots exist. At the end, the layers' archives are deleted, because their content is unpacked. The manifests
 * that a seat's containerd asks for stay.
 */
const SCRIPT = `
config=$1 snapshots=$2
shift 2
mount -t tmpfs -o mode=755 run /run
containerd --config "$config" --log-level=warn >&2 &
containerd=$!
ctr() { command ctr --address /run/containerd/containerd.sock --namespace k8s.io "$@"; }
tries=0
until ctr version >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 400 ] || { echo "containerd does not answer" >&2; exit 1; }
  sleep 0.05
done
for archive; do
  ctr images import --snapshotter overlayfs "$archive" >/dev/null
  echo $(ls "$snapshots")
done
ctr content prune references >/dev/null
kill "$containerd"
wait "$containerd"
`;

/**
 * Starts a containerd that unpacks the archives into `root`, one after the other. It has its own namespaces, which
 * end with this process.
 *
 * @param onImage called after each image, with the number of finished ones
 * @returns for each archive, the IDs of the snapshots that it added. None if its layer already existed.
 * @throws with containerd's own message
 */
export async function importInto(
  root: string,
  archives: readonly string[],
  onImage: (done: number) => void,
  signal: AbortSignal,
): Promise<string[][]> {
  const config = `${root}.toml`;
  fs.writeFileSync(config, configuration(root));
  const snapshots = path.join(root, SNAPSHOTTER, "snapshots");
  const namespaces = [
    "unshare",
    "--mount",
    "--pid",
    "--net",
    "--ipc",
    "--uts",
    "--fork",
    "--kill-child",
    "--mount-proc",
    "--propagation",
    "private",
  ];
  const child = spawn(
    "setpriv",
    ["--pdeathsig", "KILL", ...namespaces, "sh", "-ec", SCRIPT, "sh", config, snapshots, ...archives],
    {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C.UTF-8" },
      signal,
      killSignal: "SIGKILL",
    },
  );
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (part) => (errors += part));
  const brought: string[][] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    const known = brought.flat();
    onImage(brought.push(line.split(" ").filter((id) => id !== "" && !known.includes(id))));
  });
  let failure: Error | undefined;
  child.once("error", (error) => (failure = error));
  // Its output closes when the last process in the namespaces has ended. From then on, nothing writes any more.
  const code = await new Promise((resolve) => child.once("close", resolve));
  signal.throwIfAborted();
  if (failure !== undefined) throw failure;
  if (code !== 0) throw new Error(lastWords(errors) || `it ended with ${String(code)}`);
  fs.rmSync(config);
  return brought;
}

/** ctr's own message is the last line. containerd's warnings come before it. */
function lastWords(errors: string): string {
  return (
    errors
      .trim()
      .split("\n")
      .filter((line) => line.startsWith("ctr: ") || !line.startsWith("time="))
      .at(-1)
      ?.replace(/^ctr: /, "") ?? ""
  );
}
