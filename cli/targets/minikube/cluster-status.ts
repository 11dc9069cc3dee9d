import { onStack } from "../../../base/advice";
import { dynamicType } from "../../../components/cluster/dynamic-type";
import { kubeconfigOf } from "../../../components/cluster/minikube/kubeconfig";
import { MinikubeError } from "../../../components/cluster/minikube/errors";
import { minikube as realMinikube, type Minikube } from "../../../components/cluster/minikube/minikube";
import { profileNamed } from "../../../components/cluster/minikube/tools";
import type { Deployment } from "../../stack/stack";
import type { ClusterStatus } from "../target";

export async function minikubeClusterStatus(
  stack: string,
  { resources }: Deployment,
  minikube: Minikube = realMinikube,
): Promise<ClusterStatus> {
  const generations = resources.filter(({ type }) => type === dynamicType("Generation"));
  const name = generations.map(({ inputs }) => inputs?.profile).find((profile) => typeof profile === "string");
  if (name === undefined) return { is: "there", seen: `stack ${stack} has no profile yet` };
  const again = `\`${onStack(stack, "npm run up -- --heal")}\` asks again.`;
  try {
    const profile = await profileNamed(minikube, name);
    if (profile === undefined) return { is: "lost", evidence: `minikube has no profile ${name}` };
    if (!generations.some(({ id }) => id === profile.generation))
      return { is: "lost", evidence: `another profile has replaced ${name}` };
    const { host, apiServer } = await minikube.status(name, kubeconfigOf(name));
    if (host === "Running" && apiServer === "Running") return { is: "there", seen: `profile ${name} runs` };
    // If only the machine was deleted, a plain `up` finds and heals that: it has the evidence
    // (generation-operations.ts).
    return {
      is: "unknown",
      seen: `profile ${name} is ${host === "Nonexistent" ? "in a state that minikube cannot tell" : (host === "Running" ? apiServer : host).toLowerCase()}`,
      todo: `Start it: \`${onStack(stack, "npm run up")}\`.`,
    };
  } catch (error) {
    if (error instanceof MinikubeError) return { is: "unknown", seen: error.message, todo: again };
    throw error;
  }
}
