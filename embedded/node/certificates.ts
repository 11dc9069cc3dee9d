import * as fs from "node:fs";
import * as path from "node:path";
import { certificateUser, clusterAt, kubeconfigText, singleContext } from "../../kube";
import { type CertificateRequest, checkAuthority, issue, type KeyPair, newAuthority, newSigningKey } from "./pki";
import { API_PORT, API_SERVICE_ADDRESS, type NodePlan } from "./plan";

/** Which authorities and names a cluster trusts. */
export interface Trust {
  /** The authorities that sign the servers' and the clients' certificates. @default a new one that signs both */
  authorities?: { server: KeyPair; client: KeyPair };
  /** Names under which clients outside call the apiserver. @default only the node's address */
  apiNames?: string[];
}

/**
 * Writes the keys, certificates and kubeconfigs of a node, as `kubeadm init` would: an authority for the cluster and
 * one for etcd, the servers' certificates, and a client certificate for each component.
 */
export async function writeCertificates(plan: NodePlan, trust: Trust = {}): Promise<void> {
  const { server, client: callers } = trust.authorities ?? (await oneAuthority());
  for (const authority of [server, callers]) checkAuthority(authority);
  const etcd = await newAuthority("etcd-ca");
  const write = (name: string, pair: KeyPair) => writePair(plan, name, pair);
  write("ca", server);
  write("client-ca", callers);
  write("etcd-ca", etcd);
  write("etcd", await issue(etcd, etcdServer(plan)));
  write("apiserver-etcd-client", await issue(etcd, { commonName: "kube-apiserver", usage: ["client"] }));
  write("apiserver", await issue(server, apiserver(plan, trust.apiNames ?? [])));
  const caller = { commonName: "kube-apiserver-kubelet-client", organizations: ["system:masters"] };
  write("apiserver-kubelet-client", await issue(callers, { ...caller, usage: ["client"] }));
  write("kubelet", await issue(server, kubeletServer(plan)));
  const tokens = newSigningKey();
  writePair(plan, "sa", { certificate: tokens.publicKey, key: tokens.key }, ".pub");

  const inside = `https://127.0.0.1:${API_PORT}`;
  const client = async (file: string, url: string, commonName: string, organizations: string[] = []) =>
    writeKubeconfig(file, {
      server: url,
      authority: server.certificate,
      user: commonName,
      client: await issue(callers, { commonName, organizations, usage: ["client"] }),
    });
  for (const component of ["kube-controller-manager", "kube-scheduler", "kube-proxy"]) {
    await client(kubeconfigOf(plan, component), inside, `system:${component}`);
  }
  await client(kubeconfigOf(plan, "kubelet"), inside, `system:node:${plan.name}`, ["system:nodes"]);
  await client(plan.layout.kubeconfig, `https://${plan.address}:${API_PORT}`, "istio-lab-admin", ["system:masters"]);
}

async function oneAuthority(): Promise<NonNullable<Trust["authorities"]>> {
  const authority = await newAuthority("kubernetes");
  return { server: authority, client: authority };
}

/** The kubeconfig that a component of the node uses. */
export function kubeconfigOf(plan: NodePlan, component: string): string {
  return path.join(plan.layout.etc, `${component}.kubeconfig`);
}

/** etcd serves only the apiserver, and connects to itself. */
function etcdServer(plan: NodePlan): CertificateRequest {
  return { commonName: plan.name, usage: ["server", "client"], dnsNames: ["localhost"], addresses: ["127.0.0.1"] };
}

/** The certificate that the apiserver sees when it calls the kubelet, for logs and for commands in containers. */
function kubeletServer(plan: NodePlan): CertificateRequest {
  return {
    commonName: `system:node:${plan.name}`,
    organizations: ["system:nodes"],
    usage: ["server"],
    dnsNames: [plan.name],
    addresses: [plan.address],
  };
}

/** The names under which clients call the apiserver. Its certificate must contain each of them. */
function apiserver(plan: NodePlan, names: string[]): CertificateRequest {
  return {
    commonName: "kube-apiserver",
    usage: ["server"],
    dnsNames: [
      "kubernetes",
      "kubernetes.default",
      "kubernetes.default.svc",
      "kubernetes.default.svc.cluster.local",
      "localhost",
      plan.name,
      ...names,
    ],
    addresses: [API_SERVICE_ADDRESS, "127.0.0.1", plan.address],
  };
}

function writePair(plan: NodePlan, name: string, pair: KeyPair, extension = ".crt"): void {
  fs.mkdirSync(plan.layout.pki, { recursive: true, mode: 0o700 });
  fs.writeFileSync(path.join(plan.layout.pki, `${name}${extension}`), pair.certificate, { mode: 0o600 });
  fs.writeFileSync(path.join(plan.layout.pki, `${name}.key`), pair.key, { mode: 0o600 });
}

/** Which user connects to which apiserver. */
interface Access {
  server: string;
  /** The authority's certificate, as PEM. */
  authority: string;
  user: string;
  client: KeyPair;
}

/** Writes a self-contained kubeconfig, readable only by its owner. */
export function writeKubeconfig(file: string, { server, authority, user, client }: Access): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(
    file,
    kubeconfigText(singleContext("istio-lab", clusterAt(server, authority), certificateUser(client), user)),
    { mode: 0o600 },
  );
}
