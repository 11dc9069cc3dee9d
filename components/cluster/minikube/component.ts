import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../cluster";
import { nodePorts, type Ingress } from "../ingress";
import { profileNameOf } from "./profile-name";
import type { MinikubeSettings } from "./settings";
import { DYNAMIC_MODULE } from "../dynamic-type";
import { ModuleResource, moduleProvider } from "../module-shim";
import { ownedProvider } from "../owned-provider";
import type { TargetSettings } from "../target";

export interface MinikubeClusterArgs extends MinikubeSettings {
  /** Name the profile, together with `stack`, where the config gives no name. */
  project: string;
  stack: string;
}

/** A profile of minikube on this machine, with a kubeconfig of its own under `.lab/minikube`. */
export class MinikubeCluster extends pulumi.ComponentResource implements Cluster {
  readonly provider: k8s.Provider;
  readonly kubeconfig: pulumi.Output<string>;
  readonly generation: pulumi.CustomResource;
  readonly ingress: Ingress;

  constructor(name: string, args: MinikubeClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:cluster:Minikube", name, args, opts);
    const { project, stack, defaults, ...settings } = args;
    const machine = { ...settings, profile: settings.profile ?? profileNameOf(project, stack) };
    const generation = new Generation(
      `${name}-generation`,
      { profile: machine.profile, keepers: machine },
      { parent: this },
    );
    const profile = new Profile(
      `${name}-profile`,
      { ...machine, ...(defaults && { defaults }), generation: generation.id },
      { parent: this },
    );
    const power = new Power(
      `${name}-power`,
      { profile: machine.profile, generation: generation.id },
      { parent: this, dependsOn: profile },
    );
    const endpoint = new Endpoint(
      `${name}-endpoint`,
      { profile: machine.profile, generation: generation.id },
      { parent: this, dependsOn: [profile, power] },
    );

    this.generation = generation;
    this.kubeconfig = endpoint.kubeconfig;
    this.provider = ownedProvider(`${name}-kubernetes`, this, { parent: this });
    this.ingress = {
      serviceType: "NodePort",
      nodePorts,
      host: endpoint.host,
      httpPort: endpoint.httpPort,
      httpsPort: endpoint.httpsPort,
      kialiPort: endpoint.kialiPort,
    };
    this.registerOutputs({ kubeconfig: this.kubeconfig, address: endpoint.host });
  }
}

/** Creates the component for this stack's config. */
export function createMinikube(name: string, { minikube }: TargetSettings): MinikubeCluster {
  return new MinikubeCluster(name, { ...minikube, project: pulumi.getProject(), stack: pulumi.getStack() });
}

const operations = "components/cluster/minikube-operations.ts";

/** Stands for one particular cluster, for the same reasons as in embedded/component.ts. */
class Generation extends ModuleResource {
  constructor(name: string, props: { profile: string; keepers: object }, opts: pulumi.CustomResourceOptions) {
    super(moduleProvider(operations, "generation"), name, props, opts, DYNAMIC_MODULE, "Generation");
  }
}

/** Creates and deletes minikube's profile. */
class Profile extends ModuleResource {
  constructor(
    name: string,
    props: MinikubeSettings & { profile: string; generation: pulumi.Input<string> },
    opts: pulumi.CustomResourceOptions,
  ) {
    super(
      moduleProvider(operations, "profile"),
      name,
      { usedDriver: undefined, ...props },
      opts,
      DYNAMIC_MODULE,
      "Profile",
    );
  }
}

/**
 * Keeps the profile running. It is separate from Profile, where every change creates a new cluster. It is also
 * separate from Endpoint, where an update would hide the kubeconfig from a preview.
 */
class Power extends ModuleResource {
  constructor(
    name: string,
    props: { profile: string; generation: pulumi.Input<string> },
    opts: pulumi.CustomResourceOptions,
  ) {
    super(moduleProvider(operations, "power"), name, props, opts, DYNAMIC_MODULE, "Power");
  }
}

/**
 * How the cluster is reached. It is separate from Profile: a moved API port is an update here, and there it would be
 * a new cluster.
 */
class Endpoint extends ModuleResource {
  declare readonly kubeconfig: pulumi.Output<string>;
  declare readonly host: pulumi.Output<string>;
  declare readonly httpPort: pulumi.Output<number>;
  declare readonly httpsPort: pulumi.Output<number>;
  declare readonly kialiPort: pulumi.Output<number>;

  constructor(
    name: string,
    props: { profile: string; generation: pulumi.Input<string> },
    opts: pulumi.CustomResourceOptions,
  ) {
    const computed = {
      kubeconfig: undefined,
      kubernetesVersion: undefined,
      host: undefined,
      httpPort: undefined,
      httpsPort: undefined,
      kialiPort: undefined,
    };
    super(
      moduleProvider(operations, "endpoint"),
      name,
      { ...computed, ...props },
      { ...opts, additionalSecretOutputs: ["kubeconfig"] },
      DYNAMIC_MODULE,
      "Endpoint",
    );
  }
}
