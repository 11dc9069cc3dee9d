import * as fs from "node:fs";
import * as path from "node:path";
import { until } from "./http";
import { Api } from "./shared-seat/api";

const NAME = ["--namespace=kube-public", "pod/ways-to-root"];

/** Runs kubectl with a text on its standard input. */
export type Kubectl = (input: string, ...args: string[]) => Promise<string>;

/**
 * Runs a pod with all rights that its seat allows, and returns what it found by each way that it tried. See
 * ways-to-root.sh. No kubectl runs here meanwhile, because the pod opens that program itself.
 */
export async function waysToRoot(kubectl: Kubectl, kubeconfig: string): Promise<Record<string, string>> {
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "ways-to-root", namespace: "kube-public" },
    spec: {
      ...{ hostPID: true, hostIPC: true, hostNetwork: true, restartPolicy: "Never", terminationGracePeriodSeconds: 0 },
      containers: [
        {
          ...{ name: "tries", image: "docker.io/curlimages/curl:8.16.0", imagePullPolicy: "IfNotPresent" },
          command: ["sh", "-c", fs.readFileSync(path.join(__dirname, "ways-to-root.sh"), "utf8")],
          securityContext: { privileged: true, runAsUser: 0, runAsGroup: 0 },
          volumeMounts: [{ name: "host", mountPath: "/host" }],
        },
      ],
      volumes: [{ name: "host", hostPath: { path: "/" } }],
    },
  };
  await kubectl(JSON.stringify(pod), "create", "-f", "-");
  await ended(kubeconfig);
  const said = await kubectl("", "logs", ...NAME);
  await kubectl("", "delete", ...NAME, "--wait=false");
  return Object.fromEntries(
    said
      .trim()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2).trim()]),
  );
}

async function ended(kubeconfig: string): Promise<void> {
  const api = await Api.of(kubeconfig);
  const phase = async () =>
    (await api.list([{ name: "pods", kind: "Pod", path: "/api/v1/namespaces/kube-public/pods" }])).find(
      ({ metadata }) => metadata.name === "ways-to-root",
    )?.status as { phase: string } | undefined;
  await until(
    "the end of the pod that tries the ways to root",
    90,
    phase,
    (status) => status?.phase === "Succeeded",
  ).finally(() => api.close());
}

/**
 * The ways to root that a seat does not close: whoever has its kubeconfig can become root on the machine.
 * docs/class.md and the cards say so.
 */
export const OPEN_WAYS = ["core_pattern, mounted anew", "the seat's folder, mounted writable"];

/** What the pod must find on the closed ways. */
export const CLOSED_WAYS: Record<string, RegExp> = {
  passwords: /No such file/,
  "passwords of process 1": /No such file/,
  "keys of ssh": /No such file/,
  "programs installed by hand": /No such file/,
  "programs, mounted writable": /Read-only file system/,
  "the seat's programs": /Read-only file system/,
  "the seat's programs, mounted writable": /Read-only file system/,
  "the seat's programs, below its folder mounted writable": /Read-only file system/,
  "the image store": /Read-only file system/,
  "the image store, mounted writable": /Read-only file system/,
  "a disk, by a node": /Operation not permitted/,
  "a disk, by all nodes": /Operation not permitted/,
  "a disk, by a loosened group": /Operation not permitted/,
  "the kernel's log": /Operation not permitted/,
  release_agent: /No such file/,
  "release_agent, mounted anew": /No such file/,
  "groups of others": /No such file/,
  core_pattern: /Read-only file system/,
  swappiness: /Read-only file system/,
  "etcd's peer port": /^$/,
  "etcd's peer port, by TLS": /^$/,
};

/**
 * The numbers of capabilities(7) that no process of a seat has. They load modules, read disks by number, set the
 * clock, and read the kernel's memory and log.
 */
const WITHOUT = {
  dac_read_search: 2,
  linux_immutable: 9,
  sys_module: 16,
  sys_rawio: 17,
  sys_pacct: 20,
  sys_boot: 22,
  sys_time: 25,
  audit_control: 30,
  mac_override: 32,
  mac_admin: 33,
  syslog: 34,
  perfmon: 38,
  bpf: 39,
  checkpoint_restore: 40,
};

/** What may be in the seat's own copies of these folders. */
export const SECRETLESS = {
  etc: [
    "alternatives",
    "ethertypes",
    "group",
    "hostname",
    "hosts",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "machine-id",
    "mtab",
    "nsswitch.conf",
    "os-release",
    "passwd",
    "protocols",
    "resolv.conf",
    "services",
  ],
  dev: ["full", "null", "pts/ptmx", "random", "tty", "urandom", "zero"],
  withoutCapabilities: Object.values(WITHOUT).reduce((all, number) => all | (1n << BigInt(number)), 0n),
};
