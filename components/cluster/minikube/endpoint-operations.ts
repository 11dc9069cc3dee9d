import { kialiNodePort, nodePorts } from "../ingress";
import type { DynamicOperations } from "../module-shim";
import { MinikubeError } from "./errors";
import { entryOf, prepare } from "./kubeconfig";
import { powerLack } from "./power";
import { notOurs, type PowerInputs } from "./power-operations";
import { reachOf } from "./reach";
import { profileNamed, say, type Tools } from "./tools";

export type EndpointInputs = PowerInputs;

export interface EndpointState extends EndpointInputs {
  /** Text of a kubeconfig. */
  kubeconfig: string;
  kubernetesVersion: string;
  /** Host and ports at which the node ports are reached. */
  host: string;
  httpPort: number;
  httpsPort: number;
  kialiPort: number;
}

/**
 * Records where a profile is reached. A start by hand and a restart of the machine can change that. The diff reports
 * no change while the profile is stopped, because power-operations.ts starts it first. An update here would hide the
 * kubeconfig from the preview, which would then show every object as changed.
 */
export function endpointOperations({
  minikube,
  kubeconfigOf,
}: Tools): DynamicOperations<EndpointInputs, EndpointState> {
  return {
    async diff(_id, olds, news) {
      if (olds.generation !== news.generation) return { changes: true };
      const { power, place } = await lackOf(news.profile, olds);
      if (power !== undefined) return { changes: false };
      if (place !== undefined) say(place);
      return { changes: place !== undefined };
    },
    create: async (inputs) => ({ id: inputs.profile, outs: await running(inputs) }),
    update: async (_id, _olds, news) => ({ outs: await running(news) }),
    /** Reads a running profile as it is now. A stopped one keeps its last endpoint, and the next `up` starts it. */
    async read(id, props) {
      const profile = await profileNamed(minikube, props.profile);
      if (profile?.generation !== props.generation) return { id, props };
      const { power, place } = await lackOf(props.profile);
      const lack = power ?? place;
      if (lack === undefined) return { id, props: await placeOf(props) };
      say(lack);
      return { id, props };
    },
    delete: async () => {},
  };

  /**
   * Returns sentences that say what keeps the profile from running, or from being reached as the state says.
   * Undefined where nothing does.
   */
  async function lackOf(name: string, state?: EndpointState): Promise<{ power?: string; place?: string }> {
    const file = kubeconfigOf(name);
    const status = await minikube.status(name, file);
    const power = powerLack(name, status);
    if (power !== undefined) return { power };
    const entry = entryOf(name, file);
    if (status.kubeconfig !== "Configured" || entry === undefined)
      return { place: `The API of profile ${name} is not where its kubeconfig says: up looks it up again.` };
    return state !== undefined && state.kubeconfig !== entry
      ? { place: `The API of profile ${name} has moved, or has new credentials: up takes them over.` }
      : {};
  }

  async function running(inputs: EndpointInputs): Promise<EndpointState> {
    const profile = await profileNamed(minikube, inputs.profile);
    if (profile?.generation !== inputs.generation) throw notOurs(inputs.profile);
    const { power, place } = await lackOf(inputs.profile);
    if ((power ?? place) !== undefined) {
      prepare(kubeconfigOf(inputs.profile));
      await minikube.start(inputs.profile, profile.kubernetesVersion, kubeconfigOf(inputs.profile));
    }
    return placeOf(inputs);
  }

  async function placeOf({ profile: name, generation }: EndpointInputs): Promise<EndpointState> {
    const profile = (await profileNamed(minikube, name))!;
    const kubeconfig = entryOf(name, kubeconfigOf(name));
    if (kubeconfig === undefined)
      throw new MinikubeError(`minikube wrote no kubeconfig for profile ${name} into ${kubeconfigOf(name)}.`);
    const { host, http, https, kiali } = reachOf(profile, await minikube.ip(name), {
      http: nodePorts.http,
      https: nodePorts.https,
      kiali: kialiNodePort,
    });
    return {
      profile: name,
      generation,
      kubeconfig,
      kubernetesVersion: profile.kubernetesVersion,
      host,
      httpPort: http,
      httpsPort: https,
      kialiPort: kiali,
    };
  }
}
