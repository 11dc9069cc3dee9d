import { execa } from "execa";
import { stringify } from "yaml";
import type { EmbeddedSeat } from "../../embedded/node/seat";
import { binary } from "../../embedded/toolchain";
import { waitingForSeat } from "./seat-waits";
import { seats } from "./seats";

/** The addresses of its machine and of this one. No other cluster uses them. */
const RANGE = "10.231.78.0/30";

/** A cluster that existed before the lab, for target `existing`: an embedded node that the test starts by hand. */
export class SomebodysCluster {
  private constructor(readonly seat: EmbeddedSeat) {}

  /** Starts a new cluster each time, even in the same folder. */
  static async start(folder: string): Promise<SomebodysCluster> {
    await SomebodysCluster.leaveNetwork();
    const make = () =>
      seats().createSeat({ name: "somebodys", folder, generation: `by-hand-${Date.now()}`, addressRange: RANGE });
    return new SomebodysCluster(await waitingForSeat(make));
  }

  /** Turns its machine off. */
  async stop(): Promise<void> {
    await seats().stopSeat(this.seat.folder);
    await nobodyAnswers();
  }

  /** Deletes the cluster for good. */
  async remove(): Promise<void> {
    await waitingForSeat(() => seats().deleteSeat(this.seat.folder));
    await nobodyAnswers();
  }

  /** Removes the route that `stop` and `remove` leave on this machine. */
  static async leaveNetwork(): Promise<void> {
    await execa("ip", ["route", "delete", "unreachable", RANGE], { reject: false });
  }

  async kubectl(...args: string[]): Promise<string> {
    return (await execa(binary("kubectl"), args, { env: { KUBECONFIG: this.seat.kubeconfig } })).stdout;
  }

  async get<T = { items: { metadata: { name: string; namespace?: string } }[] }>(...args: string[]): Promise<T> {
    return JSON.parse(await this.kubectl("get", ...args, "-o", "json")) as T;
  }

  async names(...args: string[]): Promise<string[]> {
    return (await this.get(...args)).items.map(({ metadata }) => metadata.name).sort();
  }

  async apply(...objects: object[]): Promise<void> {
    await execa(binary("kubectl"), ["apply", "-f", "-"], {
      env: { KUBECONFIG: this.seat.kubeconfig },
      input: objects.map((object) => stringify(object)).join("---\n"),
    });
  }

  async delete(...objects: object[]): Promise<void> {
    await execa(binary("kubectl"), ["delete", "--wait=true", "--ignore-not-found", "-f", "-"], {
      env: { KUBECONFIG: this.seat.kubeconfig },
      input: objects.map((object) => stringify(object)).join("---\n"),
    });
  }

  /**
   * Sets the address that a load balancer would set; this cluster has none. Then kube-proxy serves the Service at
   * that address.
   */
  async giveAddress(service: string, address: string): Promise<void> {
    const [namespace, name] = service.split("/") as [string, string];
    const status = { status: { loadBalancer: { ingress: [{ ip: address }] } } };
    await this.kubectl(
      "patch",
      "service",
      "-n",
      namespace,
      name,
      "--subresource=status",
      "--type=merge",
      "-p",
      JSON.stringify(status),
    );
  }

  /** Returns a kubeconfig for a ServiceAccount that may only read namespaces. */
  async onlooker(): Promise<string> {
    const metadata = { name: "onlooker", namespace: "kube-public" };
    await this.apply(
      { apiVersion: "v1", kind: "ServiceAccount", metadata },
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRole",
        metadata: { name: "onlooker" },
        rules: [{ apiGroups: [""], resources: ["namespaces"], verbs: ["get", "list"] }],
      },
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRoleBinding",
        metadata: { name: "onlooker" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "onlooker" },
        subjects: [{ kind: "ServiceAccount", ...metadata }],
      },
    );
    const token = await this.kubectl("create", "token", "-n", metadata.namespace, metadata.name);
    const config = JSON.parse(await this.kubectl("config", "view", "--raw", "--minify", "-o", "json")) as {
      users: { user: object }[];
    };
    config.users[0]!.user = { token };
    return stringify(config);
  }
}

/**
 * Makes the addresses unreachable. Otherwise packets take the default route, where a gateway may answer for any
 * address with its own certificate.
 */
async function nobodyAnswers(): Promise<void> {
  await execa("ip", ["route", "replace", "unreachable", RANGE]);
}
