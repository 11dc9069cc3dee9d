import { dynamicType } from "../../../components/cluster/dynamic-type";
import { kubeconfigOf } from "../../../components/cluster/minikube/kubeconfig";
import { minikube as realMinikube, type Minikube } from "../../../components/cluster/minikube/minikube";
import { asleep } from "../../../components/cluster/minikube/power";
import { profileNamed } from "../../../components/cluster/minikube/tools";
import { UserError } from "../../../base/errors";
import type { Deployment } from "../../stack/stack";
import type { TargetPower } from "../power";

/** Stops a profile's machine. `pulumi up` starts it again, because its kubeconfig may have changed by then. */
export function minikubePower(
  minikube: Pick<Minikube, "profiles" | "unreadable" | "status" | "stop"> = realMinikube,
): TargetPower {
  return {
    async stop({ stack, state }, doing) {
      const name = await ownProfile(stack, state);
      if (asleep(await minikube.status(name, kubeconfigOf(name))) === "stopped") return "was off already";
      doing(`minikube stop --profile=${name}`);
      await minikube.stop(name, kubeconfigOf(name));
      return "stopped, its data stays";
    },
  };

  /** @throws UserError where the profile is gone, or is not of the stack's state */
  async function ownProfile(stack: string, { resources }: Deployment): Promise<string> {
    const generations = resources.filter(({ type }) => type === dynamicType("Generation"));
    const name = generations.map(({ inputs }) => inputs?.profile).find((profile) => typeof profile === "string");
    if (name === undefined) throw new UserError(`Stack ${stack} has no profile yet.`);
    const profile = await profileNamed(minikube, name);
    if (profile === undefined) throw new UserError(`minikube has no profile ${name}, so there is nothing to stop.`);
    if (!generations.some(({ id }) => id === profile.generation))
      throw new UserError(`minikube's profile ${name} is not the one of stack ${stack}. Nothing was done to it.`);
    return name;
  }
}
