import type { Host } from "./daemon";
import type { Minikube, Profile } from "./minikube";
import { MinikubeError } from "./errors";

/** What the dynamic resources of minikube.ts work with; a test has its own. */
export interface Tools {
  readonly minikube: Minikube;
  readonly host: Host;
  /** Where the kubeconfig of a profile is kept. */
  readonly kubeconfigOf: (profile: string) => string;
  readonly freePorts: typeof import("./ports").freePorts;
}

export async function profileNamed(minikube: Minikube, name: string): Promise<Profile | undefined> {
  return (await minikube.profiles()).find((profile) => profile.name === name);
}

/** Why a profile of this name cannot be made, as the user is told it. */
export function foreign({ name, generation }: Profile): MinikubeError {
  const whose = generation === undefined ? "was not made by this program" : "belongs to another checkout, or to another stack";
  return new MinikubeError(
    `minikube has a profile ${name} that ${whose}; it is left alone. ` +
      `Name another one (pulumi config set --path istio-lab:minikube.profile NAME), or delete that one with all in it (minikube delete -p ${name}).`,
  );
}

/** Pulumi shows what its dynamic plugin prints. */
export function say(text: string): void {
  console.log(text);
}
