import { kialiNodePort, nodePorts } from "../ingress";
import type { DynamicOperations } from "../module-shim";
import { MinikubeError } from "./errors";
import { entryOf, prepare } from "./kubeconfig";
import { reachOf } from "./reach";
import { profileNamed, say, type Tools } from "./tools";

export interface EndpointInputs {
  profile: string;
  /** Id of the generation; in preview possibly the engine's mark for what is not known yet, which equals no id. */
  generation: string;
}

export interface EndpointState extends EndpointInputs {
  /** A kubeconfig's text. */
  kubeconfig: string;
  kubernetesVersion: string;
  /** Where the node ports are reached, and at which ports. */
  host: string;
  httpPort: number;
  httpsPort: number;
  kialiPort: number;
}

/** A profile that runs, and where it is reached: what a stop, a start by hand and a restart of the machine change. */
export function endpointOperations({ minikube, kubeconfigOf }: Tools): DynamicOperations<EndpointInputs, EndpointState> {
  return {
    async diff(_id, olds, news) {
      if (olds.generation !== news.generation) return { changes: true };
      const lack = await lackOf(news.profile, olds);
      if (lack !== undefined) say(lack);
      return { changes: lack !== undefined };
    },
    create: async (inputs) => ({ id: inputs.profile, outs: await running(inputs) }),
    update: async (_id, _olds, news) => ({ outs: await running(news) }),
    /** What runs is read as it is now; what does not run keeps its last place, for the next up to start it. */
    async read(id, props) {
      const profile = await profileNamed(minikube, props.profile);
      if (profile?.generation !== props.generation) return { id, props };
      const lack = await lackOf(props.profile);
      if (lack === undefined) return { id, props: await placeOf(props) };
      say(lack);
      return { id, props };
    },
    delete: async () => {},
  };

  /** What the profile lacks to be reached as the state says, as a sentence; undefined when nothing. */
  async function lackOf(name: string, state?: EndpointState): Promise<string | undefined> {
    const file = kubeconfigOf(name);
    const { host, apiServer, kubeconfig } = await minikube.status(name, file);
    if (host === "Nonexistent") return `minikube cannot tell the state of profile ${name}: \`minikube status -p ${name}\` says why.`;
    if (host !== "Running" || apiServer !== "Running") return `Profile ${name} is ${(host !== "Running" ? host : apiServer).toLowerCase()}: up starts it again.`;
    const entry = entryOf(name, file);
    if (kubeconfig !== "Configured" || entry === undefined) return `The API of profile ${name} is not where its kubeconfig says: up looks it up again.`;
    return state !== undefined && state.kubeconfig !== entry ? `The API of profile ${name} has moved, or has new credentials: up takes them over.` : undefined;
  }

  async function running(inputs: EndpointInputs): Promise<EndpointState> {
    const profile = await profileNamed(minikube, inputs.profile);
    if (profile?.generation !== inputs.generation) throw new MinikubeError(`minikube's profile ${inputs.profile} is not this stack's any more. \`pulumi up\` makes it anew.`);
    if ((await lackOf(inputs.profile)) !== undefined) {
      prepare(kubeconfigOf(inputs.profile));
      await minikube.start(inputs.profile, profile.kubernetesVersion, kubeconfigOf(inputs.profile));
    }
    return placeOf(inputs);
  }

  async function placeOf({ profile: name, generation }: EndpointInputs): Promise<EndpointState> {
    const profile = (await profileNamed(minikube, name))!;
    const kubeconfig = entryOf(name, kubeconfigOf(name));
    if (kubeconfig === undefined) throw new MinikubeError(`minikube wrote no kubeconfig for profile ${name} into ${kubeconfigOf(name)}.`);
    const { host, http, https, kiali } = reachOf(profile, await minikube.ip(name), { http: nodePorts.http, https: nodePorts.https, kiali: kialiNodePort });
    return { profile: name, generation, kubeconfig, kubernetesVersion: profile.kubernetesVersion, host, httpPort: http, httpsPort: https, kialiPort: kiali };
  }
}
