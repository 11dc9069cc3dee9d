import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import type { Step } from "../../../base/step";
import { buildFlags } from "../../../embedded/toolchain/key";
import { meshModule, pinned } from "../../../embedded/toolchain/modules";
import { makeWhole, place } from "../../../embedded/toolchain/place";
import { keyOf } from "./key";

/** A minikube that writes `failCgroupV1: false`, as Kubernetes 1.35 and newer want it on control groups of version 1. */
export const MINIKUBE = "v1.38.1";
/** The one of the embedded seat, whose programs are built. */
export const KUBERNETES = pinned("mesh", "k8s.io/kubernetes");

const folder = __dirname;
const mesh = path.join(folder, "../../../embedded/toolchain/mesh");
/** What kubeadm needs beside the mesh module's own; their hashes are in kubeadm.sum. */
const kubeadmNeeds = ["github.com/coredns/corefile-migration@v1.0.31", "k8s.io/system-validators@v1.12.1"];
const common = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-gcflags=all=-dwarf=false -l"];

interface Build {
  readonly name: string;
  readonly env: Record<string, string>;
  readonly args: string[];
  /** @default common */
  readonly flags?: readonly string[];
  /** Makes the folder that is built in, below a scratch folder. */
  source(scratch: string, signal: AbortSignal): Promise<string>;
}

const builds: readonly Build[] = [
  {
    name: "minikube",
    env: { CGO_ENABLED: "1" },
    args: [
      "-tags",
      "libvirt_dlopen",
      "-ldflags",
      `-s -w ${stamps("k8s.io/minikube/pkg/version", { version: MINIKUBE, isoVersion: MINIKUBE, storageProvisionerVersion: "v5" })}`,
      "./cmd/minikube",
    ],
    // In a copy of the module itself: its go.mod has replaces, which count only there.
    async source(scratch, signal) {
      const { stdout } = await execa("go", ["mod", "download", "-json", `k8s.io/minikube@${MINIKUBE}`], {
        cwd: scratch,
        env: { GOFLAGS: "" },
        cancelSignal: signal,
      });
      return copyOf((JSON.parse(stdout) as { Dir: string }).Dir, path.join(scratch, "minikube"));
    },
  },
  {
    name: "kubeadm",
    env: { CGO_ENABLED: "0", GO111MODULE: "on", GOOS: "linux", GOARCH: "amd64" },
    // Those of the mesh module, with which it shares nearly all that is compiled.
    flags: buildFlags,
    args: [
      "-ldflags",
      `-s -w ${Object.entries(meshModule().stamps)
        .map(([name, value]) => `-X ${name}=${value}`)
        .join(" ")}`,
      "k8s.io/kubernetes/cmd/kubeadm",
    ],
    async source(scratch, signal) {
      const copy = copyOf(mesh, path.join(scratch, "kubeadm"));
      fs.appendFileSync(path.join(copy, "go.sum"), fs.readFileSync(path.join(folder, "kubeadm.sum")));
      await execa(
        "go",
        ["mod", "edit", "-tool=k8s.io/kubernetes/cmd/kubeadm", ...kubeadmNeeds.map((need) => `-require=${need}`)],
        { cwd: copy, cancelSignal: signal },
      );
      return copy;
    },
  },
  {
    name: "etcd",
    env: { CGO_ENABLED: "0" },
    args: ["-ldflags", "-s -w", "."],
    source: async () => path.join(folder, "etcd"),
  },
  {
    name: "crictl",
    env: { CGO_ENABLED: "0" },
    args: ["-ldflags", "-s -w", "tool"],
    source: async () => path.join(folder, "crictl"),
  },
];

const inputs = [
  "kubeadm.sum",
  "etcd/go.mod",
  "etcd/go.sum",
  "etcd/main.go",
  "crictl/go.mod",
  "crictl/go.sum",
  path.join(mesh, "go.mod"),
].map((file) => path.resolve(folder, file));
const made = () =>
  place(
    "minikube-programs",
    keyOf([builds.map(({ name, env, args, flags }) => [name, env, args, flags]), common], inputs),
  );

/** One of the programs by its name. */
export function program(name: "minikube" | "kubeadm" | "etcd" | "crictl"): string {
  return path.join(made(), "bin", name);
}

/** Builds the real minikube and what its node needs beside the embedded seat's programs. */
export function programsStep(): Step {
  return {
    title: `minikube ${MINIKUBE.slice(1)}, kubeadm, etcd and crictl from source`,
    isDone: async () => fs.existsSync(made()),
    run: (report, signal) =>
      makeWhole(made(), async (scratch) => {
        for (const [index, { name, env, args, source, flags = common }] of builds.entries()) {
          report(index, builds.length, name);
          const cwd = await source(scratch, signal);
          await execa("go", ["build", ...flags, "-o", path.join(scratch, "bin", name), ...args], {
            cwd,
            env: { ...env, GOWORK: "off", GOFLAGS: "" },
            cancelSignal: signal,
          });
        }
        for (const copy of ["minikube", "kubeadm"])
          fs.rmSync(path.join(scratch, copy), { recursive: true, force: true });
      }),
  };
}

/** Modules are read-only in Go's cache. */
function copyOf(from: string, to: string): string {
  fs.cpSync(from, to, { recursive: true });
  for (const entry of ["", ...fs.readdirSync(to, { recursive: true, encoding: "utf8" })])
    fs.chmodSync(path.join(to, entry), 0o755);
  return to;
}

function stamps(of: string, values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, value]) => `-X ${of}.${name}=${value}`)
    .join(" ");
}
