import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { AddonName } from "../../addons/catalog";
import type { Cluster } from "../cluster";
import { kialiNodePort, nodePorts, type Ingress } from "../ingress";
import { DYNAMIC_MODULE } from "../dynamic-type";
import { ModuleResource, moduleProvider } from "../module-shim";
import { ownedProvider } from "../owned-provider";
import { onStack } from "../../../base/advice";
import { isSeatName, SEAT_NAMES } from "../../../base/names";
import { lessonNeeds } from "../../lessons/catalog";
import type { TargetSettings } from "../target";

export interface EmbeddedClusterArgs {
  /** Name of the seat on this machine, unique per checkout. */
  seat: string;
  /**
   * IPv4 range of four addresses between this machine and the node, e.g. `10.231.0.8/30`. A change creates another
   * cluster.
   * @default the lowest free range at the time when the seat is created
   */
  addressRange?: string;
  /** How the mesh's gateway is reached: at the node, or with ClusterIP by `kubectl port-forward` at localhost. */
  serviceType: "NodePort" | "ClusterIP";
  /**
   * Number of its pods with a sidecar. A machine allows one user a limited number of what each takes. Only the
   * creation of the node uses it.
   */
  sidecars: number;
  /**
   * Addons whose images it needs beside those of every seat. The node is created with them; a living seat gets those
   * that it lacks.
   */
  addons: readonly AddonName[];
}

/** A Kubernetes node on this machine, in its own namespaces. */
export class EmbeddedCluster extends pulumi.ComponentResource implements Cluster {
  readonly provider: k8s.Provider;
  readonly kubeconfig: pulumi.Output<string>;
  readonly generation: pulumi.CustomResource;
  readonly ingress: Ingress;

  constructor(
    name: string,
    { sidecars, addons, ...args }: EmbeddedClusterArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("istio-lab:cluster:Embedded", name, args, opts);
    const { serviceType, ...node } = args;
    const generation = new Generation(`${name}-generation`, { seat: node.seat, keepers: node }, { parent: this });
    const machine = new Machine(
      `${name}-machine`,
      { ...node, sidecars, addons, generation: generation.id },
      { parent: this },
    );
    const power = new Power(
      `${name}-power`,
      { seat: node.seat, addons, generation: generation.id },
      { parent: this, dependsOn: machine },
    );

    this.generation = generation;
    this.kubeconfig = machine.kubeconfig;
    this.provider = ownedProvider(`${name}-kubernetes`, this, { parent: this, dependsOn: power });
    this.ingress = ingress(serviceType, machine.address);
    this.registerOutputs({ kubeconfig: this.kubeconfig, address: machine.address });
  }
}

/** Creates the component for this stack's config. */
export function createEmbedded(name: string, settings: TargetSettings): EmbeddedCluster {
  return new EmbeddedCluster(name, {
    seat: seatNamedAfter(pulumi.getStack()),
    ...settings.embedded,
    sidecars: lessonNeeds(settings).pods,
    addons: settings.addons,
  });
}

/**
 * @throws {pulumi.RunError} before any resource is registered, where the stack's name cannot name a seat. It prints
 *   without a stack trace.
 */
function seatNamedAfter(stack: string): string {
  if (isSeatName(stack)) return stack;
  throw new pulumi.RunError(
    `The stack's name "${stack}" cannot name its seat. ${SEAT_NAMES} Rename it: ${onStack(stack, "npm run -s pulumi -- stack rename NAME")}`,
  );
}

function ingress(serviceType: EmbeddedClusterArgs["serviceType"], address: pulumi.Output<string>): Ingress {
  const [host, ports] =
    serviceType === "NodePort" ? [address, nodePorts] : [pulumi.output("localhost"), forwardedPorts];
  // Kiali's port is always the node's, whatever type the gateway's Service has.
  const kiali = { kialiHost: address, kialiPort: pulumi.output(kialiNodePort) };
  return {
    serviceType,
    nodePorts,
    host,
    httpPort: pulumi.output(ports.http),
    httpsPort: pulumi.output(ports.https),
    ...kiali,
  };
}

/** The course's ports: `kubectl port-forward -n istio-ingress service/istio-ingressgateway 8080:80 8443:443`. */
const forwardedPorts = { http: 8080, https: 8443 };

const operations = "components/cluster/embedded-operations.ts";

/**
 * Stands for one particular cluster. It is replaced, create before delete, when the seat is gone or an input changes
 * that requires a new cluster. Resources that are `deletedWith` it are then created again without a delete. The
 * machine cannot be that anchor itself. It is deleted before its successor is created, because they share a name, a
 * folder and an address. With such an anchor, the engine sends deletes to the new cluster, or creates nothing in it.
 */
class Generation extends ModuleResource {
  constructor(name: string, props: { seat: string; keepers: object }, opts: pulumi.CustomResourceOptions) {
    super(moduleProvider(operations, "generation"), name, props, opts, DYNAMIC_MODULE, "Generation");
  }
}

/** The node itself. */
class Machine extends ModuleResource {
  declare readonly kubeconfig: pulumi.Output<string>;
  declare readonly address: pulumi.Output<string>;

  constructor(
    name: string,
    props: Omit<EmbeddedClusterArgs, "serviceType"> & { generation: pulumi.Input<string> },
    opts: pulumi.CustomResourceOptions,
  ) {
    const computed = { kubeconfig: undefined, address: undefined, kubernetesVersion: undefined };
    super(
      moduleProvider(operations, "machine"),
      name,
      { ...computed, ...props },
      { ...opts, additionalSecretOutputs: ["kubeconfig"] },
      DYNAMIC_MODULE,
      "Machine",
    );
  }
}

/**
 * Starts a seat that was stopped by hand. Loads the images of new addons into a living seat. It is separate from the
 * machine, because an update of the machine would hide the kubeconfig from a preview.
 */
class Power extends ModuleResource {
  constructor(
    name: string,
    props: { seat: string; addons: readonly AddonName[]; generation: pulumi.Input<string> },
    opts: pulumi.CustomResourceOptions,
  ) {
    super(moduleProvider(operations, "power"), name, props, opts, DYNAMIC_MODULE, "Power");
  }
}
