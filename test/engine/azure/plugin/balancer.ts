import type { V1Service } from "@kubernetes/client-node";
import type { EmbeddedSeat } from "../../../../embedded/node/seat";

/** How often it looks for Services, in milliseconds. */
const PERIOD = 300;

/**
 * Stands for k3s's ServiceLB while the plugin runs: gives each Service of type LoadBalancer the node's address, where kube-proxy then serves its ports. The real one runs
 * pods with host ports, so that two Services cannot have one port; this one does not notice.
 */
export class Balancer {
  /** @param live the seat while it runs */
  constructor(private readonly live: () => Promise<EmbeddedSeat | undefined>) {
    this.next();
  }

  private next(): void {
    setTimeout(
      () =>
        void this.once()
          .catch(() => undefined)
          .finally(() => this.next()),
      PERIOD,
    ).unref();
  }

  private async once(): Promise<void> {
    const seat = await this.live();
    if (seat === undefined) return;
    const { KubeConfig, CoreV1Api } = await import("@kubernetes/client-node");
    const config = new KubeConfig();
    config.loadFromFile(seat.kubeconfig);
    const core = config.makeApiClient(CoreV1Api);
    const { items } = await core.listServiceForAllNamespaces();
    const status = { loadBalancer: { ingress: [{ ip: seat.address, ipMode: "VIP" }] } };
    await Promise.all(
      items
        .filter(isWaiting)
        .map((service) => core.replaceNamespacedServiceStatus({ ...nameOf(service), body: { ...service, status } })),
    );
  }
}

function isWaiting({ spec, status }: V1Service): boolean {
  return spec?.type === "LoadBalancer" && !status?.loadBalancer?.ingress?.length;
}

function nameOf({ metadata }: V1Service): { name: string; namespace: string } {
  return { name: metadata!.name!, namespace: metadata!.namespace! };
}
