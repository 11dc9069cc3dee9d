import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AuthenticationV1Api, AuthorizationV1Api, KubeConfig } from "@kubernetes/client-node";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import { issue, newSigningKey } from "../../../embedded/node/pki";
import { binary } from "../../../embedded/toolchain";
import type { Seat } from "./seat";

/**
 * A real kube-apiserver with a real etcd, on the loopback. What k3s would make itself by the authorities it is given, its serving certificate and the key
 * for tokens, is made here.
 */
export async function startApi(tls: string, host: string) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "api-"));
  const [port, etcd, peer] = await Promise.all([freePort(), freePort(), freePort()]);
  const write = (name: string, text: string) => {
    fs.writeFileSync(path.join(folder, name), text, { mode: 0o600 });
    return path.join(folder, name);
  };
  const read = (name: string) => fs.readFileSync(path.join(tls, name), "utf8");
  const authority = { certificate: read("server-ca.crt"), key: read("server-ca.key") };
  const serving = await issue(authority, {
    commonName: "kube-apiserver",
    usage: ["server"],
    dnsNames: [host, "localhost"],
  });
  const tokens = newSigningKey();
  const processes = [
    execa(
      binary("etcd"),
      [
        `--data-dir=${folder}/etcd`,
        `--listen-client-urls=http://127.0.0.1:${etcd}`,
        `--advertise-client-urls=http://127.0.0.1:${etcd}`,
        `--listen-peer-urls=http://127.0.0.1:${peer}`,
      ],
      quiet,
    ),
    execa(
      binary("kube-apiserver"),
      [
        `--etcd-servers=http://127.0.0.1:${etcd}`,
        `--secure-port=${port}`,
        "--bind-address=127.0.0.1",
        "--service-cluster-ip-range=10.43.0.0/16",
        `--cert-dir=${folder}`,
        `--client-ca-file=${tls}/client-ca.crt`,
        `--tls-cert-file=${write("serving.crt", serving.certificate)}`,
        `--tls-private-key-file=${write("serving.key", serving.key)}`,
        `--service-account-key-file=${write("tokens.pub", tokens.publicKey)}`,
        `--service-account-signing-key-file=${write("tokens.key", tokens.key)}`,
        "--service-account-issuer=https://kubernetes.default.svc",
        "--authorization-mode=Node,RBAC",
      ],
      quiet,
    ),
  ];
  return {
    port,
    /** Who the API takes the owner of a kubeconfig for; the kubeconfig's own name and authority are checked. */
    async whoIs(kubeconfig: string) {
      const config = new KubeConfig();
      const text = parse(kubeconfig);
      text.clusters[0].cluster = {
        ...text.clusters[0].cluster,
        server: `https://127.0.0.1:${port}`,
        "tls-server-name": new URL(text.clusters[0].cluster.server).hostname,
      };
      config.loadFromString(stringify(text));
      const { status } = await untilItListens(() =>
        config.makeApiClient(AuthenticationV1Api).createSelfSubjectReview({ body: {} }),
      );
      const everything = { resourceAttributes: { verb: "*", group: "*", resource: "*" } };
      const review = await config
        .makeApiClient(AuthorizationV1Api)
        .createSelfSubjectAccessReview({ body: { spec: everything } });
      return {
        username: status!.userInfo!.username,
        groups: status!.userInfo!.groups,
        mayDoEverything: review.status!.allowed,
      };
    },
    async stop() {
      for (const one of processes.reverse()) {
        one.kill("SIGKILL");
        await one;
      }
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The seat's kubeconfig with an admin's certificate of another authority. */
export async function signedBy(seat: Seat, authority: "SERVER_CA" | "CLIENT_CA"): Promise<string> {
  const pem = (name: string) => Buffer.from(seat.server.env[name]!, "base64").toString();
  const pair = { certificate: pem(`${authority}_CERT`), key: pem(`${authority}_KEY`) };
  const admin = await issue(pair, {
    commonName: "istio-lab-admin",
    organizations: ["system:masters"],
    usage: ["client"],
  });
  const config = parse(seat.kubeconfig);
  const data = (text: string) => Buffer.from(text).toString("base64");
  config.users[0].user = { "client-certificate-data": data(admin.certificate), "client-key-data": data(admin.key) };
  return stringify(config);
}

const quiet = { stdio: "ignore", reject: false } as const;

/** It listens within some seconds; until its own roles are written it refuses by 403. */
async function untilItListens<T>(call: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + 120_000; ; await sleep(500)) {
    try {
      return await call();
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (code === 401 || Date.now() > end) throw error;
    }
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
