import { onStack } from "../../../base/advice";
import type { DynamicOperations } from "../module-shim";
import { MinikubeError } from "./errors";
import { prepare } from "./kubeconfig";
import { powerLack } from "./power";
import { profileNamed, say, type Tools } from "./tools";

export interface PowerInputs {
  profile: string;
  /**
   * Id of the generation. In a preview it may be the engine's placeholder for an unknown value, which equals no id.
   */
  generation: string;
}

/**
 * Keeps a profile running: starts it after it was stopped or paused, by hand or by a restart of its driver. It is
 * separate from the endpoint, so that a preview still knows the kubeconfig. The preview then compares the seat's
 * objects and shows this start as the only change.
 */
export function powerOperations({ minikube, kubeconfigOf }: Tools): DynamicOperations<PowerInputs> {
  return {
    async diff(_id, olds, news) {
      if (olds.generation !== news.generation) return { changes: true };
      const lack = await lackOf(news.profile);
      if (lack !== undefined) say(lack);
      return { changes: lack !== undefined };
    },
    create: async (inputs) => ({ id: inputs.profile, outs: await started(inputs) }),
    update: async (_id, _olds, news) => ({ outs: await started(news) }),
    read: async (id, props) => ({ id, props }),
    delete: async () => {},
  };

  async function lackOf(name: string): Promise<string | undefined> {
    return powerLack(name, await minikube.status(name, kubeconfigOf(name)));
  }

  async function started(inputs: PowerInputs): Promise<PowerInputs> {
    const profile = await profileNamed(minikube, inputs.profile);
    if (profile?.generation !== inputs.generation) throw notOurs(inputs.profile);
    if ((await lackOf(inputs.profile)) !== undefined) {
      const file = kubeconfigOf(inputs.profile);
      prepare(file);
      await minikube.start(inputs.profile, profile.kubernetesVersion, file);
    }
    return inputs;
  }
}

export function notOurs(profile: string): MinikubeError {
  return new MinikubeError(
    `minikube's profile ${profile} no longer belongs to this stack. \`${onStack("NAME", "npm run up")}\` recreates it; NAME is the stack's name.`,
  );
}
