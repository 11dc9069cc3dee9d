import * as fs from "node:fs";
import * as path from "node:path";
import { POD_RANGE, SERVICE_RANGE } from "./address";
import { kubeconfigOf } from "./certificates";
import type { Layout } from "./layout";
import { API_PORT, type NodePlan } from "./plan";
import { quote } from "../../base/quote";

/** A supervised process of the node. */
interface Service {
  name: string;
  /** Shown in the script: what the service is, and why it is started like this. */
  about: string;
  /** The program, then its flags. */
  command: string[];
  /** Environment variables. @default none */
  environment?: Record<string, string>;
}

/** The services of a node, in start order. They are stopped in reverse order. */
export function services(plan: NodePlan): Service[] {
  return [
    containerd(plan),
    etcd(plan),
    apiserver(plan),
    controllerManager(plan),
    scheduler(plan),
    kubelet(plan),
    kubeProxy(plan),
  ];
}

function etcd({ layout: { pki } }: NodePlan): Service {
  return {
    name: "etcd",
    about:
      "The cluster's memory. Without fsync: what a crash of the whole machine could lose is a seat, made anew in seconds.",
    command: [
      "etcd",
      "--name=seat",
      "--data-dir=/var/lib/etcd",
      "--unsafe-no-fsync",
      "--listen-client-urls=https://127.0.0.1:2379",
      "--advertise-client-urls=https://127.0.0.1:2379",
      // There is no peer, but etcd requires the port. A pod with host network can reach it, but needs a certificate.
      "--listen-peer-urls=https://127.0.0.1:2380",
      "--initial-advertise-peer-urls=https://127.0.0.1:2380",
      "--initial-cluster=seat=https://127.0.0.1:2380",
      ...["", "peer-"].flatMap((port) => [
        `--${port}client-cert-auth`,
        `--${port}trusted-ca-file=${pki}/etcd-ca.crt`,
        `--${port}cert-file=${pki}/etcd.crt`,
        `--${port}key-file=${pki}/etcd.key`,
      ]),
      "--heartbeat-interval=50",
      "--election-timeout=250", // it elects itself: waiting for others is wasted time
      "--snapshot-count=10000",
      "--auto-compaction-retention=0", // the apiserver does the compaction
      "--logger=zap",
      "--log-level=warn",
    ],
  };
}

function apiserver({ layout: { pki }, address }: NodePlan): Service {
  return {
    name: "kube-apiserver",
    about:
      "The cluster's interface: everything else talks to it, and only it talks to etcd. It waits for etcd by itself.",
    environment: { GOGC: "60" }, // halves the memory for little more work
    command: [
      "kube-apiserver",
      `--advertise-address=${address}`,
      `--secure-port=${API_PORT}`,
      "--etcd-servers=https://127.0.0.1:2379",
      `--etcd-cafile=${pki}/etcd-ca.crt`,
      `--etcd-certfile=${pki}/apiserver-etcd-client.crt`,
      `--etcd-keyfile=${pki}/apiserver-etcd-client.key`,
      `--client-ca-file=${pki}/client-ca.crt`,
      `--tls-cert-file=${pki}/apiserver.crt`,
      `--tls-private-key-file=${pki}/apiserver.key`,
      `--kubelet-certificate-authority=${pki}/ca.crt`,
      `--kubelet-client-certificate=${pki}/apiserver-kubelet-client.crt`,
      `--kubelet-client-key=${pki}/apiserver-kubelet-client.key`,
      "--kubelet-preferred-address-types=InternalIP", // nobody here resolves the node's name
      "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
      `--service-account-key-file=${pki}/sa.pub`,
      `--service-account-signing-key-file=${pki}/sa.key`,
      `--service-cluster-ip-range=${SERVICE_RANGE}`,
      "--authorization-mode=Node,RBAC",
      "--enable-admission-plugins=NodeRestriction",
      "--anonymous-auth=false",
      "--allow-privileged=true",
      "--enable-priority-and-fairness=false", // there is only one user
      "--profiling=false",
    ],
  };
}

/** Controllers for clouds, for several nodes, and for nodes that join with a token. */
const needless = [
  "bootstrap-signer-controller",
  "token-cleaner-controller",
  "node-ipam-controller",
  "node-route-controller",
  "service-lb-controller",
  "cloud-node-lifecycle-controller",
];

function controllerManager(plan: NodePlan): Service {
  const { pki } = plan.layout;
  return {
    name: "kube-controller-manager",
    about: "The controllers: they make pods of Deployments, endpoints of Services, volumes of claims.",
    environment: { GOGC: "60" },
    command: [
      "kube-controller-manager",
      ...clientFlags(plan, "kube-controller-manager"),
      "--use-service-account-credentials",
      `--service-account-private-key-file=${pki}/sa.key`,
      `--root-ca-file=${pki}/ca.crt`,
      `--cluster-signing-cert-file=${pki}/client-ca.crt`,
      `--cluster-signing-key-file=${pki}/client-ca.key`,
      `--cluster-cidr=${POD_RANGE}`,
      `--controllers=*,${needless.map((name) => `-${name}`).join(",")}`,
      "--kube-api-qps=200",
      "--kube-api-burst=400",
    ],
  };
}

function scheduler(plan: NodePlan): Service {
  return {
    name: "kube-scheduler",
    about: "Gives each pod its node: here always the same, if it still has room.",
    environment: { GOGC: "60" },
    command: ["kube-scheduler", ...clientFlags(plan, "kube-scheduler"), "--kube-api-qps=200", "--kube-api-burst=400"],
  };
}

/** The flags that the controller manager and the scheduler share. */
function clientFlags(plan: NodePlan, component: string): string[] {
  const kubeconfig = kubeconfigOf(plan, component);
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    "--authentication-skip-lookup", // the apiserver has no proxies to publish a certificate for
    "--bind-address=127.0.0.1",
    "--leader-elect=false", // there is no second one
    "--profiling=false",
  ];
}

function containerd({ layout: { etc } }: NodePlan): Service {
  return {
    name: "containerd",
    about: "Keeps images and runs containers. When it is started again, the containers run on.",
    command: ["containerd", `--config=${etc}/containerd.toml`, "--log-level=warn"],
  };
}

function kubelet(plan: NodePlan): Service {
  return {
    name: "kubelet",
    about: "Makes the node a node: runs the pods that are scheduled to it. When it is started again, the pods run on.",
    command: [
      "kubelet",
      `--config=${plan.layout.etc}/kubelet.yaml`,
      `--kubeconfig=${kubeconfigOf(plan, "kubelet")}`,
      `--hostname-override=${plan.name}`,
      `--node-ip=${plan.address}`,
    ],
  };
}

function kubeProxy({ layout: { etc } }: NodePlan): Service {
  return {
    name: "kube-proxy",
    about:
      "Makes Services reachable: packet filter rules that lead a Service's address, and its NodePort, to its pods.",
    command: ["kube-proxy", `--config=${etc}/kube-proxy.yaml`],
  };
}

/** How many old log files are kept for a service besides the current one, 2 MB each. */
const OLD_LOGS = 3;

/**
 * Writes a service's folder in the form that s6 expects. `run` starts the service, and `log/run` reads its output.
 * `down` keeps it from starting together with the supervisor. startService() starts the services in order and removes
 * `down`.
 */
export function writeService(layout: Layout, service: Service): void {
  const folder = path.join(layout.services, service.name);
  fs.mkdirSync(path.join(folder, "log"), { recursive: true });
  writeScript(path.join(folder, "run"), runScript(service));
  writeScript(path.join(folder, "log", "run"), logScript(path.join(layout.logs, service.name)));
  fs.writeFileSync(path.join(folder, "down"), "");
}

export function runScript({ name, about, command, environment = {} }: Service): string {
  const variables = Object.entries(environment).map(([key, value]) => `export ${key}=${quote(value)}\n`);
  return `#!/bin/sh -e
# ${name}: ${about}
exec 2>&1
${variables.join("")}exec ${command.map(quote).join(" \\\n  ")}
`;
}

export function logScript(folder: string): string {
  return `#!/bin/sh -e
exec s6-log -- n${OLD_LOGS} s2000000 T ${quote(folder)}
`;
}

function writeScript(file: string, text: string): void {
  fs.writeFileSync(file, text, { mode: 0o755 });
}
