import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { KubeConfig } from "@kubernetes/client-node";
import { writeCertificates } from "../../../embedded/node/certificates";
import { layout } from "../../../embedded/node/layout";
import { newAuthority } from "../../../embedded/node/pki";
import type { NodePlan } from "../../../embedded/node/plan";

let folder: string;
let plan: NodePlan;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-certificates-"));
  plan = { layout: layout(folder), name: "seat", address: "10.231.0.2", snapshotter: "overlayfs", shared: {} };
  await writeCertificates(plan);
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

const certificate = (name: string) => new X509Certificate(fs.readFileSync(path.join(plan.layout.pki, `${name}.crt`)));

it("nobody but root reads a key or a kubeconfig", () => {
  const files = fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => path.join(folder, name))
    .filter((file) => fs.statSync(file).isFile());
  expect(files.length).toBeGreaterThan(15);
  expect(files.filter((file) => (fs.statSync(file).mode & 0o777) !== 0o600)).toEqual([]);
});

it("the apiserver proves every name it is called by", () => {
  const apiserver = certificate("apiserver");
  for (const name of ["kubernetes", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "localhost"])
    expect(apiserver.checkHost(name)).toBe(name);
  for (const address of ["10.96.0.1", "127.0.0.1", "10.231.0.2"]) expect(apiserver.checkIP(address)).toBe(address);
  expect(apiserver.verify(certificate("ca").publicKey)).toBe(true);
});

it("etcd believes only its own authority, which is not the cluster's", () => {
  for (const name of ["etcd", "apiserver-etcd-client"])
    expect(certificate(name).verify(certificate("etcd-ca").publicKey)).toBe(true);
  for (const name of ["kubelet", "apiserver-kubelet-client"])
    expect(certificate(name).verify(certificate("etcd-ca").publicKey)).toBe(false);
});

it("the kubeconfigs name the users Kubernetes knows, with certificates the cluster's authority signed", () => {
  const users = {
    "kube-controller-manager": "system:kube-controller-manager",
    "kube-scheduler": "system:kube-scheduler",
    "kube-proxy": "system:kube-proxy",
    kubelet: "system:node:seat",
  };
  for (const [component, user] of Object.entries(users)) {
    const config = new KubeConfig();
    config.loadFromFile(path.join(plan.layout.etc, `${component}.kubeconfig`));
    const client = new X509Certificate(Buffer.from(config.getCurrentUser()!.certData!, "base64"));
    expect(client.toLegacyObject().subject.CN).toBe(user);
    // clientAuth alone: with it nobody can stand for a server.
    expect(client.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(client.verify(certificate("client-ca").publicKey)).toBe(true);
  }
});

it("the administrator reaches the node's address, as a member of system:masters", () => {
  const config = new KubeConfig();
  config.loadFromFile(plan.layout.kubeconfig);
  expect(config.getCurrentCluster()?.server).toBe("https://10.231.0.2:6443");
  expect(
    new X509Certificate(Buffer.from(config.getCurrentUser()!.certData!, "base64")).toLegacyObject().subject.O,
  ).toBe("system:masters");
});

it("given authorities sign for servers and for clients, and the apiserver proves the names it is given", async () => {
  const authorities = { server: await newAuthority("servers"), client: await newAuthority("clients") };
  const other = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-given-"));
  try {
    const at = layout(other);
    await writeCertificates({ ...plan, layout: at }, { authorities, apiNames: ["seat.example.com"] });
    const signedBy = (name: string, by: keyof typeof authorities) =>
      new X509Certificate(fs.readFileSync(path.join(at.pki, `${name}.crt`))).verify(
        new X509Certificate(authorities[by].certificate).publicKey,
      );
    for (const name of ["ca", "apiserver", "kubelet"])
      expect([signedBy(name, "server"), signedBy(name, "client")]).toEqual([true, false]);
    for (const name of ["client-ca", "apiserver-kubelet-client"])
      expect([signedBy(name, "server"), signedBy(name, "client")]).toEqual([false, true]);
    expect(new X509Certificate(fs.readFileSync(path.join(at.pki, "apiserver.crt"))).checkHost("seat.example.com")).toBe(
      "seat.example.com",
    );
    const config = new KubeConfig();
    config.loadFromFile(at.kubeconfig);
    expect(Buffer.from(config.getCurrentCluster()!.caData!, "base64").toString()).toBe(authorities.server.certificate);
    expect(
      new X509Certificate(Buffer.from(config.getCurrentUser()!.certData!, "base64")).verify(
        new X509Certificate(authorities.client.certificate).publicKey,
      ),
    ).toBe(true);
  } finally {
    fs.rmSync(other, { recursive: true });
  }
});
