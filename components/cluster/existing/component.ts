import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../cluster";
import { chooseContext } from "./kubeconfig";
import type { ExistingSettings } from "./settings";
import { hostInUrl } from "../../../base/host";
import { kialiNodePort, nodePorts, type Ingress } from "../ingress";
import { DYNAMIC_MODULE } from "../dynamic-type";
import { ModuleResource, moduleProvider } from "../module-shim";
import { amd64OnlyOf } from "../../lessons/catalog";
import type { TargetSettings } from "../target";

export type ExistingClusterArgs = ExistingSettings & {
  /** Whether the seat installs the Gateway API's CRDs. */
  gatewayApi: boolean;
  /** Images of the seat that are only known to exist for amd64. */
  amd64Only: readonly string[];
};

/**
 * A cluster that belongs to somebody else: any context of a kubeconfig. The seat deletes its own objects one by one,
 * and nothing else.
 */
export class ExistingCluster extends pulumi.ComponentResource implements Cluster {
  readonly provider: k8s.Provider;
  readonly kubeconfig: pulumi.Output<string>;
  /** Undefined, because the cluster outlives the seat: the seat's objects have to be deleted one by one. */
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
        // Identifies the cluster by its own id, so that new credentials do not count as a new cluster.
        clusterIdentifier: guard.id,
        // Pulumi overwrites what a trainee changed by hand. Otherwise one `kubectl scale` makes the next `up` fail.
        enablePatchForce: true,
        // Changes an addon's ConfigMap in place. Otherwise it is deleted and created again, and a pod that starts in
        // between waits for it.
        enableConfigMapMutable: true,
        // upsertExistingObjects is left unset: objects that already exist belong to somebody else.
      },
      { parent: this, dependsOn: guard },
    );
    this.ingress = ingress(args, guard.nodeAddress);
    this.registerOutputs({ context, server, kubernetesVersion: guard.kubernetesVersion });
  }
}

/** Creates the component for the cluster that this stack's config names. */
export function createExisting(name: string, { existing, gatewayApi, lessons }: TargetSettings): ExistingCluster {
  return new ExistingCluster(name, { ...existing, gatewayApi, amd64Only: amd64OnlyOf(lessons) });
}

function ingress(
  { serviceType, serviceAnnotations, host, ports = {} }: ExistingSettings,
  nodeAddress: pulumi.Output<string>,
): Ingress {
  const atNode = host === undefined ? nodeAddress.apply(hostInUrl) : pulumi.output(hostInUrl(host));
  const isAtNode = serviceType === "NodePort";
  return {
    serviceType,
    ...(serviceAnnotations && { serviceAnnotations }),
    nodePorts,
    host: isAtNode ? atNode : undefined,
    httpPort: pulumi.output(isAtNode ? (ports.http ?? nodePorts.http) : 80),
    httpsPort: pulumi.output(isAtNode ? (ports.https ?? nodePorts.https) : 443),
    // A load balancer's address only serves the gateway. Kiali is always reached at a node port, whatever type the
    // gateway's Service has.
    kialiHost: atNode,
    kialiPort: pulumi.output(ports.kiali ?? kialiNodePort),
  };
}

/** A random id, generated once per stack. It is in the state before the guard marks the cluster with it. */
class SeatId extends ModuleResource {
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
 * Is created before everything else and deleted last. It refuses an unsuitable cluster and marks a suitable one. On
 * delete it removes what Helm leaves behind. Its id is the cluster's id.
 */
class Guard extends ModuleResource {
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
