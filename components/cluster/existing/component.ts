import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../cluster";
import { chooseContext } from "./kubeconfig";
import type { ExistingSettings } from "./settings";
import { kialiNodePort, nodePorts, type Ingress } from "../ingress";
import { DYNAMIC_MODULE } from "../dynamic-type";
import { moduleProvider } from "../module-shim";
import { amd64OnlyOf } from "../../lessons/catalog";
import type { TargetSettings } from "../target";

export type ExistingClusterArgs = ExistingSettings & {
  /** Whether the seat brings the kinds of the Gateway API. */
  gatewayApi: boolean;
  /** Images of the seat's that are known for amd64 alone. */
  amd64Only: readonly string[];
};

/** A cluster that is somebody's: any context of a kubeconfig. What the seat makes in it is deleted one by one, and nothing else. */
export class ExistingCluster extends pulumi.ComponentResource implements Cluster {
  readonly provider: k8s.Provider;
  readonly kubeconfig: pulumi.Output<string>;
  /** The cluster is not ours to lose: what is in it has to be deleted. */
  readonly generation = undefined;
  readonly ingress: Ingress;

  /** @throws {pulumi.RunError} where there is no such kubeconfig or context; it prints without a stack trace. */
  constructor(name: string, args: ExistingClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const { serviceType, gatewayApi, amd64Only } = args;
    const { context, server, source, text } = chooseContext(args);
    super("istio-lab:cluster:Existing", name, { context, server, serviceType }, opts);
    void pulumi.log.info(`The seat is in the cluster of context ${context} (${source}), ${server}.`, this);

    this.kubeconfig = pulumi.secret(text);
    const { id: seat } = new SeatId(`${name}-id`, {}, { parent: this });
    const owner = { seat, stack: pulumi.getStack(), project: pulumi.getProject() };
    const guard = new Guard(
      `${name}-guard`,
      {
        context,
        kubeconfig: this.kubeconfig,
        serviceType,
        gatewayApi,
        ...(amd64Only.length > 0 && { amd64Only }),
        ...owner,
      },
      { parent: this },
    );
    this.provider = new k8s.Provider(
      `${name}-kubernetes`,
      {
        kubeconfig: this.kubeconfig,
        // The cluster's own id: new credentials are no new cluster.
        clusterIdentifier: guard.id,
        // Pulumi wins over what a trainee changed by hand; else one `kubectl scale` fails the next up.
        enablePatchForce: true,
        // An addon's config changes in place; else its ConfigMap is deleted and made anew, and a pod that starts in between waits for it.
        enableConfigMapMutable: true,
        // Without upsertExistingObjects: what is there already is somebody's.
      },
      { parent: this, dependsOn: guard },
    );
    this.ingress = ingress(serviceType, guard.nodeAddress);
    this.registerOutputs({ context, server, kubernetesVersion: guard.kubernetesVersion });
  }
}

/** The cluster that this stack's config names. */
export function createExisting(name: string, { existing, gatewayApi, lessons }: TargetSettings): ExistingCluster {
  return new ExistingCluster(name, { ...existing, gatewayApi, amd64Only: amd64OnlyOf(lessons) });
}

function ingress(serviceType: ExistingSettings["serviceType"], nodeAddress: pulumi.Output<string>): Ingress {
  const [host, ports] = serviceType === "NodePort" ? [nodeAddress, nodePorts] : [undefined, { http: 80, https: 443 }];
  // A load balancer's address is the gateway's alone: Kiali's port is at a node whatever the gateway's Service is.
  const kiali = { kialiHost: nodeAddress, kialiPort: pulumi.output(kialiNodePort) };
  return {
    serviceType,
    nodePorts,
    host,
    httpPort: pulumi.output(ports.http),
    httpsPort: pulumi.output(ports.https),
    ...kiali,
  };
}

/** Drawn once for the stack, and in its state before the guard marks the cluster with it. */
class SeatId extends pulumi.dynamic.Resource {
  constructor(name: string, props: object, opts: pulumi.CustomResourceOptions) {
    super(
      moduleProvider("components/cluster/existing/seat-id-operations.ts", "seatId"),
      name,
      props,
      opts,
      DYNAMIC_MODULE,
      "SeatId",
    );
  }
}

interface GuardArgs {
  context: string;
  kubeconfig: pulumi.Output<string>;
  serviceType: ExistingSettings["serviceType"];
  gatewayApi: boolean;
  amd64Only?: readonly string[];
  seat: pulumi.Output<string>;
  stack: string;
  project: string;
}

/**
 * Stands before everything else: it refuses a cluster that cannot have the seat, marks the one that can, and when all the rest is gone it takes away what Helm leaves behind.
 * Its id names the cluster.
 */
class Guard extends pulumi.dynamic.Resource {
  declare readonly nodeAddress: pulumi.Output<string>;
  declare readonly kubernetesVersion: pulumi.Output<string>;

  constructor(name: string, props: GuardArgs, opts: pulumi.CustomResourceOptions) {
    const computed = { nodeAddress: undefined, kubernetesVersion: undefined };
    const provider = moduleProvider("components/cluster/existing/guard-operations.ts", "guard");
    super(
      provider,
      name,
      { ...computed, ...props },
      { ...opts, additionalSecretOutputs: ["kubeconfig"] },
      DYNAMIC_MODULE,
      "Guard",
    );
  }
}
