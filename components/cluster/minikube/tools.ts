import type { Host } from "./daemon";
import type { Minikube, Profile } from "./minikube";
import { MinikubeError } from "./errors";

/** What the dynamic resources of component.ts work with. Tests pass their own. */
export interface Tools {
  readonly minikube: Minikube;
  readonly host: Host;
  /** Returns the path of a profile's kubeconfig. */
  readonly kubeconfigOf: (profile: string) => string;
  readonly freePorts: typeof import("./ports").freePorts;
}

/**
 * Returns the profile of this name. Undefined where minikube knows none. @throws MinikubeError where minikube cannot
 * read it, since nobody can then say whose it is
 */
export async function profileNamed(
  minikube: Pick<Minikube, "profiles" | "unreadable">,
  name: string,
): Promise<Profile | undefined> {
  const found = (await minikube.profiles()).find((profile) => profile.name === name);
  if (found !== undefined || !(await minikube.unreadable()).includes(name)) return found;
  throw new MinikubeError(
    `minikube has a profile ${name} whose config it cannot read: its owner is unknown, so it is left alone. \`minikube profile list\` shows it. ` +
      `Repair its config, or delete it if nobody needs its content (minikube delete -p ${name}). Then run the same command again.`,
  );
}

/** Explains why a profile of this name cannot be created. A caller that knows the stack adds it to the command. */
export function foreign({ name, generation }: Profile): MinikubeError {
  const whose =
    generation === undefined ? "was not made by this program" : "belongs to another checkout, or to another stack";
  return new MinikubeError(
    `minikube has a profile ${name} that ${whose}; it is left alone. ` +
      `Name another one (npm run -s pulumi -- config set --path istio-lab:minikube.profile PROFILE), or delete that one with everything in it (minikube delete -p ${name}).`,
  );
}

/** Pulumi shows what its dynamic plugin prints. */
export function say(text: string): void {
  console.log(text);
}
