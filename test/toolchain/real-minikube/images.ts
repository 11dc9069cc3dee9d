import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { images, COREDNS_IMAGE } from "../../../embedded/images";
import { writeImage, type Image } from "../../../embedded/images/oci/archive";
import { base, file, link, text } from "../../../embedded/images/rootfs";
import type { Step } from "../../../base/step";
import { binary } from "../../../embedded/toolchain";
import { systemBinary } from "../../../embedded/toolchain/debian";
import { makeWhole, place } from "../../../embedded/toolchain/place";
import { keyOf } from "./key";
import { unpacked, unpackedEnvironment } from "./packages";
import { KUBERNETES, program } from "./programs";
import { pauseImage, storageProvisionerImage } from "../../../versions";

/** What the control plane of this kubeadm asks for (`kubeadm config images list`), by the name in the registry, which leaves out the registry's host. */
const asked = { etcd: "etcd:3.6.8-0", pause: "pause:3.10.2", coredns: "coredns/coredns:v1.14.2" };
/** A free port of this machine is enough: the registry is only filled here. */
const FILLING = "127.0.0.1:5099";

const made = () =>
  place(
    "minikube-registry",
    keyOf(
      [sources().map(({ name, from }) => [name, from]), KUBERNETES, asked],
      [program("kubeadm")].map(() => __filename),
    ),
  );

/** The folder of the registry with all that minikube's node pulls. */
export function registryFolder(): string {
  return path.join(made(), "registry");
}

/** The config of Debian's docker-registry. */
export function registryConfig(folder: string, address: string): string {
  return JSON.stringify({
    version: "0.1",
    storage: { filesystem: { rootdirectory: folder } },
    http: { addr: address },
    log: { level: "warn" },
  });
}

interface Source {
  /** `istio/pilot:VERSION`. */
  readonly name: string;
  /** An archive that is there, or an image to be written. */
  readonly from: string | (() => Image);
}

function sources(): Source[] {
  const seat = images().map(({ name, archive }) => ({
    name: name.slice(name.indexOf("/") + 1),
    from: archive,
    whole: name,
  }));
  const of = (image: string) => seat.find(({ whole }) => whole === image)!.from;
  const servers = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"].map((name) => ({
    name: `${name}:${KUBERNETES}`,
    from: () => server(name, binary(name)),
  }));
  return [
    ...seat.filter(({ whole }) => whole !== storageProvisionerImage),
    { name: asked.pause, from: of(pauseImage) },
    { name: asked.coredns, from: of(COREDNS_IMAGE) },
    ...servers,
    { name: asked.etcd, from: () => server("etcd", program("etcd")) },
    { name: `kube-proxy:${KUBERNETES}`, from: kubeProxy },
    { name: storageProvisionerImage.slice(storageProvisionerImage.indexOf("/") + 1), from: provisioner },
  ];
}

function server(name: string, from: string): Image {
  return {
    name: `registry.k8s.io/${name}:x`,
    files: [...base(), file(`/usr/local/bin/${name}`, from)],
    start: {},
    labels: {},
  };
}

/** With iptables and every library of its extensions: where one is missing, iptables-restore fails, and no Service works. */
function kubeProxy(): Image {
  const folder = "/usr/lib/x86_64-linux-gnu";
  const extensions = fs
    .readdirSync(`${folder}/xtables`)
    .filter((name) => name.endsWith(".so"))
    .map((name) => `${folder}/xtables/${name}`);
  const programs = ["xtables-nft-multi", "xtables-legacy-multi"].map((name) => systemBinary(name)!);
  const libraries = [...new Set([...programs, ...extensions].flatMap(librariesOf))];
  const links = ["iptables", "ip6tables"]
    .flatMap((name) => [name, `${name}-save`, `${name}-restore`])
    .map((name) => link(`/usr/sbin/${name}`, "xtables-nft-multi"));
  const files = [
    ...base(),
    file("/usr/local/bin/kube-proxy", binary("kube-proxy")),
    ...links,
    file("/etc/protocols", "/etc/protocols", 0o644),
    ...programs.map((from) => file(`/usr/sbin/${path.basename(from)}`, from)),
    ...extensions.map((from) => file(from, from, 0o644)),
    ...libraries.map((from) =>
      file(from.startsWith("/lib64/") ? from : `${folder}/${path.basename(from)}`, fs.realpathSync(from)),
    ),
  ];
  return { name: "registry.k8s.io/kube-proxy:x", files, start: {}, labels: {} };
}

/** As the dynamic linker finds them, itself among them. */
function librariesOf(of: string): string[] {
  return [...execFileSync("ldd", [of], { encoding: "utf8" }).matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(
    ([, found]) => found!,
  );
}

/** This project's, behind a script that says where: the addon passes no arguments. */
function provisioner(): Image {
  const script = '#!/bin/sh\nexec /bin/storage-provisioner -folder=/tmp/hostpath-provisioner "$@"\n';
  const files = [
    ...base(),
    file("/bin/sh", systemBinary("busybox")!),
    file("/bin/storage-provisioner", binary("storage-provisioner")),
    text("/storage-provisioner", script, 0o755),
  ];
  return { name: storageProvisionerImage, files, start: { entrypoint: ["/storage-provisioner"] }, labels: {} };
}

export function registryStep(): Step {
  return {
    title: "A registry with the seat's images, and with Kubernetes' own",
    isDone: async () => {
      try {
        return fs.existsSync(made());
      } catch {
        return false; // an image is not written yet
      }
    },
    run: (report, signal) =>
      makeWhole(made(), async (scratch) => {
        const config = path.join(scratch, "registry.json");
        fs.writeFileSync(config, registryConfig(path.join(scratch, "registry"), FILLING));
        const env = unpackedEnvironment();
        const registry = spawn(unpacked("usr/bin/docker-registry"), ["serve", config], {
          env: { ...process.env, ...env },
          stdio: "ignore",
        });
        try {
          await answering(signal);
          const all = sources();
          for (const [index, { name, from }] of all.entries()) {
            report(index, all.length, name);
            const archive = typeof from === "string" ? from : path.join(scratch, "image.tar");
            if (typeof from !== "string") await writeImage(archive, from(), signal);
            await execa(
              unpacked("usr/bin/skopeo"),
              [
                "copy",
                "--quiet",
                "--insecure-policy",
                "--dest-tls-verify=false",
                `oci-archive:${archive}`,
                `docker://${FILLING}/${name}`,
              ],
              { env, cancelSignal: signal },
            );
            if (typeof from !== "string") fs.rmSync(archive);
          }
        } finally {
          registry.kill("SIGKILL");
        }
      }),
  };
}

async function answering(signal: AbortSignal): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    signal.throwIfAborted();
    if ((await fetch(`http://${FILLING}/v2/`).catch(() => undefined))?.ok) return;
    await sleep(100);
  }
  throw new Error(`The registry at ${FILLING} does not answer: is the port somebody else's?`);
}
